import Diagnostics

/// The locations of Artifact Registry that are known here.
///
/// [WEB cloud.google.com/artifact-registry/docs/repositories/repo-locations, list of 2024.] Google adds regions, so one
/// that is not here is worth a warning and no more.
public enum Locations {
  public static let multiRegions = ["us", "europe", "asia"]

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

  public static func isKnown(_ location: String) -> Bool {
    known.contains(location)
  }

  /// A known location that was probably meant.
  public static func nearest(to location: String) -> String? {
    closestMatch(to: location, in: multiRegions + regions)
  }
}
