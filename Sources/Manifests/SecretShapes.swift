/// The shapes of secrets that are refused everywhere in a file: in keys, values and comments.
///
/// Each begins with the prefix of its issuer, and has the issuer's alphabet and length. A slightly shorter text counts
/// too: it is a truncated secret.
enum SecretShapes {
  /// Which bytes follow a prefix.
  enum Alphabet {
    case alphanumeric, upperAlphanumeric
    /// With `-` and `_`.
    case base64URL
    /// With `-`, `_` and `.`.
    case dotted
    /// With `/`, `-` and `_`.
    case path
  }

  struct Shape {
    let prefix: StaticString
    let alphabet: Alphabet
    let lengths: ClosedRange<Int>
    let name: String

    init(
      _ prefix: StaticString, _ alphabet: Alphabet, lengths: ClosedRange<Int>, is name: String
    ) {
      self.prefix = prefix
      self.alphabet = alphabet
      self.lengths = lengths
      self.name = name
    }
  }

  private static let any = 1 << 20

  /// By the first byte of the prefix.
  static let byFirst: [[Shape]] = {
    var table = [[Shape]](repeating: [], count: 256)
    for shape in all { table[Int(shape.prefix.utf8Start[0])].append(shape) }
    return table
  }()

  // GitHub: docs.github.com, "About authentication to GitHub", token formats. PyPI: the serialised macaroon begins
  // with its version and location. AWS: docs.aws.amazon.com, "IAM identifiers", unique ID prefixes. The others: the
  // issuers' pages on secret scanning.
  private static let all: [Shape] = [
    Shape("ya29.", .dotted, lengths: 8...any, is: "a Google access token"),
    Shape("AIza", .base64URL, lengths: 35...any, is: "a Google API key"),
    Shape("GOCSPX-", .base64URL, lengths: 20...any, is: "a Google client secret"),
    Shape("1//0", .base64URL, lengths: 30...any, is: "a Google refresh token"),
    Shape("arctlsbx.", .dotted, lengths: 8...any, is: "a sandbox access token"),
    Shape("ghp_", .alphanumeric, lengths: 30...any, is: "a GitHub token"),
    Shape("gho_", .alphanumeric, lengths: 30...any, is: "a GitHub token"),
    Shape("ghu_", .alphanumeric, lengths: 30...any, is: "a GitHub token"),
    Shape("ghs_", .alphanumeric, lengths: 30...any, is: "a GitHub token"),
    Shape("ghr_", .alphanumeric, lengths: 30...any, is: "a GitHub token"),
    Shape("github_pat_", .base64URL, lengths: 40...any, is: "a GitHub token"),
    Shape("glpat-", .base64URL, lengths: 20...any, is: "a GitLab token"),
    Shape("dckr_pat_", .base64URL, lengths: 20...any, is: "a Docker token"),
    Shape("dckr_oat_", .base64URL, lengths: 20...any, is: "a Docker token"),
    Shape("pypi-Ag", .base64URL, lengths: 30...any, is: "a PyPI token"),
    Shape("npm_", .alphanumeric, lengths: 30...any, is: "an npm token"),
    Shape("AKIA", .upperAlphanumeric, lengths: 16...16, is: "an AWS access key"),
    Shape("ASIA", .upperAlphanumeric, lengths: 16...16, is: "an AWS access key"),
    Shape("xoxb-", .base64URL, lengths: 10...any, is: "a Slack token"),
    Shape("xoxp-", .base64URL, lengths: 10...any, is: "a Slack token"),
    Shape("xoxa-", .base64URL, lengths: 10...any, is: "a Slack token"),
    Shape("xoxr-", .base64URL, lengths: 10...any, is: "a Slack token"),
    Shape("xoxs-", .base64URL, lengths: 10...any, is: "a Slack token"),
    Shape("xoxe-", .base64URL, lengths: 10...any, is: "a Slack token"),
    Shape("xapp-", .base64URL, lengths: 10...any, is: "a Slack token"),
    Shape(
      "hooks.slack.com/services/", .path, lengths: 15...any, is: "the address of a Slack webhook"),
    Shape(
      "hooks.slack.com/workflows/", .path, lengths: 15...any, is: "the address of a Slack webhook"),
    Shape(
      "hooks.slack.com/triggers/", .path, lengths: 15...any, is: "the address of a Slack webhook"),
  ]

  static func holds(_ alphabet: Alphabet, _ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A: true
    case 0x61...0x7A: alphabet != .upperAlphanumeric
    case UInt8(ascii: "-"), UInt8(ascii: "_"):
      switch alphabet {
      case .base64URL, .dotted, .path: true
      case .alphanumeric, .upperAlphanumeric: false
      }
    case UInt8(ascii: "."): alphabet == .dotted
    case UInt8(ascii: "/"): alphabet == .path
    default: false
    }
  }
}
