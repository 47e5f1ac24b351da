import Diagnostics
import JSON
import Model

extension PlanJSON {
  /// The comparison with an earlier commit.
  static func value(_ since: SinceReport) -> JSONValue {
    [
      "commit": .string(since.commit), "pruned": .bool(since.isPruned),
      "rows": .array(since.rows.map(value)),
    ]
  }

  private static func value(_ row: SinceRow) -> JSONValue {
    var object: JSONObject = [
      "address": .string(row.address.description), "source": value(row.source),
    ]
    switch row.part {
    case .whole: object["part"] = "whole"
    case .grant(let grant):
      object["part"] = "grant"
      object["role"] = .string(grant.role)
      object["condition"] = grant.condition.map(value) ?? .null
      object["member"] = .string(grant.member)
      if let written = row.written { object["written"] = .string(written) }
    case .label(let key, let live):
      object["part"] = "label"
      object["label"] = .string(key)
      object["value"] = live ?? .null
    }
    switch row.state {
    case .live: object["state"] = "live"
    case .kept(let reason):
      object["state"] = "kept"
      object["reason"] = .string(reason)
    case .unreadable(let reason):
      object["state"] = "unreadable"
      object["reason"] = .string(reason)
    }
    return .object(object)
  }
}

extension PlanDecoder {
  /// The comparison with an earlier commit; nil if the plan has none.
  func since(_ reader: JSONReader) throws(JSONReader.Mismatch) -> SinceReport? {
    guard reader.value["since"] != nil else { return nil }
    let since = try reader.at("since")
    guard let isPruned = since.value["pruned"]?.bool else { throw since.mismatch("pruned") }
    return SinceReport(
      commit: try since.string("commit"), isPruned: isPruned,
      rows: try since.array("rows").mapTyped(row))
  }

  private func row(_ reader: JSONReader) throws(JSONReader.Mismatch) -> SinceRow {
    guard let address = kinds.address(parsing: try reader.string("address")),
      let source = try position(reader, "source")
    else { throw reader.mismatch("address") }
    return SinceRow(
      address: address, part: try part(reader), state: try state(reader), source: source,
      written: reader.value["written"]?.string)
  }

  private func part(_ reader: JSONReader) throws(JSONReader.Mismatch) -> SinceRow.Part {
    switch try reader.string("part") {
    case "whole": return .whole
    case "grant":
      return .grant(
        Grant(
          role: try reader.string("role"), condition: try condition(reader),
          member: try reader.string("member")))
    case "label":
      let value = reader.value["value"]
      return .label(try reader.string("label"), value?.isNull == true ? nil : value)
    default: throw reader.mismatch("part")
    }
  }

  private func state(_ reader: JSONReader) throws(JSONReader.Mismatch) -> SinceRow.State {
    switch try reader.string("state") {
    case "live": return .live
    case "kept": return .kept(try reader.string("reason"))
    case "unreadable": return .unreadable(try reader.string("reason"))
    default: throw reader.mismatch("state")
    }
  }
}
