import Diagnostics
import FoundationEssentials
import Kinds
import Manifests
import Model
import Platform
import Rendering

extension DriftOptions {
  /// The largest baseline that is read, in bytes.
  private static let maximumBytes = 4 << 20

  /// The baseline that the check applies; nil without one. Reports every problem with it before it throws.
  func readBaseline(_ reporter: Reporter) throws(EarlyExit) -> Baseline? {
    guard let path = baseline else { return nil }
    // The first run with the same file for both options makes it.
    if path == writtenBaseline, (try? reporter.context.files.status(of: path)) == .some(nil) {
      return nil
    }
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try reporter.context.files.read(path, maximumBytes: Self.maximumBytes)
    } catch {
      throw reporter.earlyExit(
        .invalid, code: .unreadableFile, "--baseline: cannot read `\(path)`: \(error.reason)")
    }
    let result = BaselineReader.read(bytes, file: path, kinds: Kinds.catalog)
    reporter.report(result.diagnostics)
    guard let baseline = result.baseline else { throw EarlyExit(.invalid) }
    return baseline
  }

  /// Refuses to replace a baseline whose reasons and dates would be lost.
  func checkWrittenBaseline(_ reporter: Reporter) throws(EarlyExit) {
    guard let path = writtenBaseline, path != baseline else { return }
    let status: FileStatus?
    do throws(FileError) {
      status = try reporter.context.files.status(of: path)
    } catch {
      throw reporter.earlyExit(
        .unexpected, code: .unreadableFile,
        "--write-baseline: cannot look at `\(path)`: \(error.reason)")
    }
    guard status != nil else { return }
    throw reporter.earlyExit(
      .invalid, code: .fileKept, "`\(path)` exists; nothing was written",
      help: [
        "to keep its reasons and dates, and to add to it: also give --baseline \(shellQuoted(path))"
      ])
  }
}

/// The baseline that `--write-baseline` writes: what is accepted already, and what the check found, except for public and
/// privileged grants that no `--accept` names.
struct WrittenBaseline {
  private let path: String?
  private let now: Double
  private let kept: [Baseline.Entry]
  private let found: [Baseline.Thing]
  private let leftOut: [UndeclaredMember]
  private let unused: [GrantPattern]
  private let formerReasons: [Baseline.Thing: String]

  /// How long a new entry accepts its thing, unless a person writes another date.
  private static let days = 90.0

  init(_ plan: Plan, _ options: DriftOptions, now: Double) {
    path = options.writtenBaseline
    self.now = now
    kept = plan.baseline?.accepted ?? []
    let dangerous = plan.undeclaredMembers.filter(\.standing.isDangerous)
    func isAccepted(_ member: UndeclaredMember) -> Bool {
      options.accepted.contains { $0.selects(member.grant, of: member.policy) }
    }
    leftOut = dangerous.filter { !isAccepted($0) }
    let skipped = Set(leftOut.map(\.thing))
    found = plan.undeclaredThings.filter { !skipped.contains($0) }
    unused = options.accepted.filter { pattern in
      !dangerous.contains { pattern.selects($0.grant, of: $0.policy) }
    }
    formerReasons = Dictionary(
      (plan.baseline?.expired ?? []).map { ($0.thing, $0.reason) }
    ) { first, _ in first }
  }

  /// Writes the file, if one is wanted, and reports what is in it; returns the things that it accepts from now on.
  func write(_ reporter: Reporter) throws(EarlyExit) -> Set<Baseline.Thing> {
    guard let path else { return [] }
    let today = Self.day(now)
    let end = Self.day(now + Self.days * 86_400)
    let new = found.map { thing in
      Baseline.Entry(
        thing, reason: formerReasons[thing] ?? "found on \(today), not reviewed", expires: end,
        end: 0)
    }
    let text = BaselineText.render(Baseline(kept + new))
    do throws(FileError) {
      try reporter.context.files.writeAtomically(Array(text.utf8), to: path)
    } catch {
      throw reporter.earlyExit(
        .unexpected, code: .unreadableFile, "cannot write `\(path)`: \(error)")
    }
    let count = kept.count + new.count
    reporter.note(
      "wrote \(count == 1 ? "1 entry" : "\(count) entries") to \(escapedForTerminal(path))"
        + (new.isEmpty ? "" : "; new ones end on \(end): give each its reason"))
    report(reporter)
    return Set(new.map(\.thing))
  }

  private func report(_ reporter: Reporter) {
    var diagnostics = unused.map {
      Diagnostic(
        .selectionEmpty, severity: .warning,
        "`--accept \($0)` matches no public or privileged grant that is undeclared")
    }
    if !leftOut.isEmpty {
      diagnostics.append(
        Diagnostic(
          .baselineEntry, severity: .warning,
          "\(leftOut.count == 1 ? "1 public or privileged grant is" : "\(leftOut.count) public or privileged grants are")"
            + " not in the baseline",
          help: ["remove them, declare them, or name each one:"]
            + leftOut.prefix(10).map { "--accept \(shellQuoted($0.thing.description))" }))
    }
    reporter.report(diagnostics)
  }

  private static func day(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).formatted(
      Date.ISO8601FormatStyle().year().month().day())
  }
}
