import Diagnostics

/// The known locations of Artifact Registry.
///
/// Source: cloud.google.com/artifact-registry/docs/repositories/repo-locations, list of 2024. Google adds regions, so
/// an unknown location with the form of a region is only a warning.
public enum Locations {
  /// The locations that span regions.
  public static let multiRegions = ["us", "europe", "asia"]

  /// The single regions, by area and number.
  public static let regions = [
    "africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2",
    "asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2",
    "australia-southeast1", "australia-southeast2", "europe-central2", "europe-north1",
    "europe-southwest1", "europe-west1", "europe-west2", "europe-west3", "europe-west4",
    "europe-west6", "europe-west8", "europe-west9", "europe-west10", "europe-west12",
    "me-central1", "me-central2", "me-west1", "northamerica-northeast1",
    "northamerica-northeast2", "southamerica-east1", "southamerica-west1", "us-central1",
    "us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3", "us-west4",
  ]

  /// All of them.
  public static let known = Set(multiRegions + regions)

  /// The verdict on a well-formed location.
  public enum Judgement: Sendable, Hashable {
    case known
    /// It has the form of Google's regions, so Google may have added it; with the nearest known one.
    case possible(nearest: String?)
    /// A typing error, or a location of another product: with the one that was probably meant.
    case mistaken(meant: String)
    /// Unknown.
    case unknown
  }

  /// Compares a location with the known ones: unchanged, then with the usual names of its area replaced, then by edit
  /// distance.
  public static func judgement(on location: String) -> Judgement {
    if known.contains(location) { return .known }
    let parts = location.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    if isRegion(parts) { return .possible(nearest: closest(to: location)) }
    if let word = aliases[parts[0]] {
      let meant = ([word] + parts.dropFirst()).joined(separator: "-")
      if known.contains(meant) { return .mistaken(meant: meant) }
      return closest(to: meant).map { .mistaken(meant: $0) } ?? .unknown
    }
    if location == "global" { return .mistaken(meant: "us") }
    return closest(to: location).map { .mistaken(meant: $0) } ?? .unknown
  }

  /// A known area, a compass direction and a number: `us-north1`.
  private static func isRegion(_ parts: [String]) -> Bool {
    guard parts.count == 2, areas.contains(parts[0]) else { return false }
    let point = parts[1].prefix { !$0.isNumber }
    let number = parts[1].dropFirst(point.count)
    return points.contains(String(point)) && (1...2).contains(number.utf8.count)
      && number.utf8.allSatisfy(NameRules.isDigit) && number.utf8.first != 48
  }

  private static let areas = Set(regions.map { String($0.prefix { $0 != "-" }) })
  private static let points: Set = [
    "north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest",
  ]
  /// The names of the areas in other clouds and in common use.
  private static let aliases = [
    "eu": "europe", "emea": "europe", "usa": "us", "na": "northamerica", "sa": "southamerica",
    "ap": "asia", "apac": "asia", "au": "australia", "af": "africa",
  ]

  private static func closest(to location: String) -> String? {
    closestMatch(to: location, in: multiRegions + regions)
  }

  /// Whether the location is one of `known`.
  public static func isKnown(_ location: String) -> Bool { known.contains(location) }

  /// The known location that an unknown one probably means.
  public static func nearest(to location: String) -> String? {
    switch judgement(on: location) {
    case .possible(let nearest): nearest
    case .mistaken(let meant): meant
    case .known, .unknown: nil
    }
  }
}
