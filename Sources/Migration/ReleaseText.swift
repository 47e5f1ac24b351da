import Diagnostics

/// The commands that take what was converted out of the other tool, and leave it as it is at Google.
package struct ReleaseText: Sendable {
  private let items: [ConvertedItem]

  /// The commands for these items; those that were skipped stay where they are.
  package init(_ items: [ConvertedItem]) { self.items = items }

  /// The lines of a text file, of which every line that is no command or block is a comment; none if nothing was
  /// converted.
  package var lines: [String] {
    let terraform = terraformLines
    let connector = connectorLines
    guard !terraform.isEmpty || !connector.isEmpty else { return [] }
    return [
      "# Takes what was converted out of the tool that managed it until now. Nothing at Google changes.",
      "# Do this when `arctl plan` shows no changes for the new manifests. From then on only arctl manages it.",
      "",
    ] + partial + terraform + connector
  }

  /// What is released although a part of it is in no manifest.
  private var partial: [String] {
    let names = items.filter { $0.outcome == .inPart }.map { "#   \(escapedForTerminal($0.name))" }
    guard !names.isEmpty else { return [] }
    return [
      "# Not everything about these is in the manifests. Read in the report what is missing before you release them:"
    ] + names + [""]
  }

  // MARK: Terraform

  private struct Instance {
    var origin: TerraformOrigin
    var outcome: ConvertedItem.Outcome
  }

  private var instances: [Instance] {
    items.compactMap { item in
      guard case .terraform(let origin) = item.origin else { return nil }
      return Instance(origin: origin, outcome: item.outcome)
    }
  }

  private var terraformLines: [String] {
    let converted = instances.filter { $0.outcome != .skipped }
    guard let program = converted.first?.origin.program else { return [] }
    let version = program == "tofu" ? "OpenTofu 1.7" : "Terraform 1.7"
    return [
      "# Way 1, with \(version) or later: delete the resource blocks from the configuration, add these blocks instead, and",
      "# run `\(program) apply`. It must plan to destroy nothing.",
    ] + blocks(converted) + [
      "# Way 2: delete the resource blocks from the configuration and run these commands. `\(program) plan` must show no",
      "# changes afterwards.",
    ] + converted.map { command($0.origin) } + [""]
  }

  /// `removed` blocks name resources of the configuration, so they need all instances of one to be converted.
  ///
  /// Source: developer.hashicorp.com/terraform/language/state/remove: `from` takes no instance keys.
  private func blocks(_ converted: [Instance]) -> [String] {
    let kept = Set(
      instances.filter { $0.outcome == .skipped }.compactMap {
        TerraformAddress.withoutKeys($0.origin.address)
      })
    var seen: Set<String> = []
    var lines: [String] = []
    var without: [String] = []
    for instance in converted {
      guard let address = TerraformAddress.withoutKeys(instance.origin.address),
        !kept.contains(address)
      else {
        without.append(instance.origin.address)
        continue
      }
      guard seen.insert(address).inserted else { continue }
      lines += ["removed {", "  from = \(address)"] + Self.lifecycle(instance.origin) + ["}", ""]
    }
    guard !without.isEmpty else { return lines }
    return lines + [
      "# No block can name these: other instances of their resources were not converted. They need way 2:"
    ] + without.map { "#   \(escapedForTerminal($0))" } + [""]
  }

  /// OpenTofu's blocks never destroy without it, and before 1.10 it refuses the block inside them.
  ///
  /// Source: github.com/opentofu/opentofu/pull/2628.
  private static func lifecycle(_ origin: TerraformOrigin) -> [String] {
    origin.program == "tofu" ? [] : ["", "  lifecycle {", "    destroy = false", "  }"]
  }

  private func command(_ origin: TerraformOrigin) -> String {
    guard origin.address.unicodeScalars.allSatisfy({ !$0.isHidden }) else {
      return
        "# no command: the address holds hidden characters: \(escapedForTerminal(origin.address))"
    }
    return "\(origin.program) state rm \(shellQuoted(origin.address))"
  }

  // MARK: Config Connector

  private var connectorLines: [String] {
    let converted = items.compactMap { item -> ConnectorOrigin? in
      guard item.outcome != .skipped, case .connector(let origin) = item.origin else { return nil }
      return origin
    }
    guard !converted.isEmpty else { return [] }
    return [
      "# Way 1: annotate the objects, so that deleting them leaves the resources at Google, and delete them."
    ]
      + converted.map {
        kubectl("annotate", $0, "cnrm.cloud.google.com/deletion-policy=abandon --overwrite")
      }
      + converted.map { kubectl("delete", $0) } + [
        "",
        "# Way 2, where the objects come from git (Config Sync, Argo CD, Flux): add this annotation to each of them, wait",
        "# until it is in the cluster, and only then delete the objects from git.",
        "#   metadata:",
        "#     annotations:",
        "#       cnrm.cloud.google.com/deletion-policy: abandon",
        "",
      ]
  }

  private func kubectl(_ verb: String, _ origin: ConnectorOrigin, _ rest: String = "") -> String {
    let words = [origin.resource, origin.namespace]
    guard words.allSatisfy({ $0.unicodeScalars.allSatisfy { !$0.isHidden } }) else {
      return "# no command: the name holds hidden characters: \(escapedForTerminal(origin.name))"
    }
    let namespace = origin.namespace.isEmpty ? "" : " -n \(shellQuoted(origin.namespace))"
    return "kubectl \(verb) \(shellQuoted(origin.resource))\(namespace)"
      + (rest.isEmpty ? "" : " \(rest)")
  }
}
