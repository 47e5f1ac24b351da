import GoogleCloud
import Model

/// The services that a project may have enabled without a declaration: those that Google enables in every new project,
/// and those that arctl calls.
enum DefaultServices {
  /// The day of the table.
  static let date = "2026-11-29"

  /// Source: https://docs.cloud.google.com/service-usage/docs/enabled-service#default. Not verified on a live project
  /// (docs/google-apis.md#services).
  static let google: Set<String> = [
    "analyticshub.googleapis.com", "apptopology.googleapis.com", "bigquery.googleapis.com",
    "bigqueryconnection.googleapis.com", "bigquerydatapolicy.googleapis.com",
    "bigquerydatatransfer.googleapis.com", "bigquerymigration.googleapis.com",
    "bigqueryreservation.googleapis.com", "bigquerystorage.googleapis.com",
    "cloudapis.googleapis.com", "cloudtrace.googleapis.com", "dataform.googleapis.com",
    "dataplex.googleapis.com", "datastore.googleapis.com", "logging.googleapis.com",
    "monitoring.googleapis.com", "servicemanagement.googleapis.com",
    "serviceusage.googleapis.com", "sql-component.googleapis.com", "storage-api.googleapis.com",
    "storage-component.googleapis.com", "storage.googleapis.com",
  ]

  /// A manifest cannot disable what arctl calls, so there is nothing to decide about it either.
  static let standard = StandardResources(
    ids: google.union(APIHost.unavoidable.map(\.serviceName)),
    description:
      "Google's default services of new projects (\(google.count), table of \(date)) and the services that arctl calls"
  )
}
