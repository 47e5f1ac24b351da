import SandboxWire

/// The services that a project can enable.
package enum ServiceCatalogue {
  /// What a project made here has from the start, so that a tutorial's first commands work. (A fact of
  /// the sandbox: Google enables a larger set, which depends on how the project was made.)
  package static let enabledAtCreation: Set<String> = [
    "cloudresourcemanager.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com",
    "serviceusage.googleapis.com",
  ]

  /// A service and those that it cannot do without.
  package static let needs: [String: Set<String>] = [
    "iamcredentials.googleapis.com": ["iam.googleapis.com"],
    "containerscanning.googleapis.com": ["containeranalysis.googleapis.com"],
    "binaryauthorization.googleapis.com": ["containeranalysis.googleapis.com"],
  ]

  /// The services that need this one, directly.
  package static func dependents(of service: String) -> Set<String> {
    Set(needs.filter { $0.value.contains(service) }.keys)
  }

  /// Service name to title.
  package static let titles: [String: String] = Dictionary(
    uniqueKeysWithValues: lines.split(separator: "\n").map { line in
      let space = line.firstIndex(of: " ") ?? line.endIndex
      return ("\(line[..<space]).googleapis.com", String(line[space...]).trimmingSpaces())
    })

  private static let lines = """
    accesscontextmanager Access Context Manager API
    aiplatform Vertex AI API
    analyticshub Analytics Hub API
    apigateway API Gateway API
    apikeys API Keys API
    appengine App Engine Admin API
    artifactregistry Artifact Registry API
    batch Batch API
    bigquery BigQuery API
    bigquerystorage BigQuery Storage API
    bigtableadmin Cloud Bigtable Admin API
    billingbudgets Cloud Billing Budget API
    binaryauthorization Binary Authorization API
    certificatemanager Certificate Manager API
    cloudapis Google Cloud APIs
    cloudasset Cloud Asset API
    cloudbilling Cloud Billing API
    cloudbuild Cloud Build API
    clouddeploy Cloud Deploy API
    clouderrorreporting Error Reporting API
    cloudfunctions Cloud Functions API
    cloudkms Cloud Key Management Service (KMS) API
    cloudresourcemanager Cloud Resource Manager API
    cloudscheduler Cloud Scheduler API
    cloudtasks Cloud Tasks API
    cloudtrace Cloud Trace API
    composer Cloud Composer API
    compute Compute Engine API
    container Kubernetes Engine API
    containeranalysis Container Analysis API
    containerfilesystem Container File System API
    containerregistry Container Registry API
    containerscanning Container Scanning API
    dataflow Dataflow API
    dataproc Cloud Dataproc API
    datastore Cloud Datastore API
    deploymentmanager Cloud Deployment Manager V2 API
    dns Cloud DNS API
    eventarc Eventarc API
    file Cloud Filestore API
    firebase Firebase Management API
    firestore Cloud Firestore API
    gkehub GKE Hub API
    iam Identity and Access Management (IAM) API
    iamcredentials IAM Service Account Credentials API
    iap Cloud Identity-Aware Proxy API
    logging Cloud Logging API
    monitoring Cloud Monitoring API
    networkmanagement Network Management API
    ondemandscanning On-Demand Scanning API
    orgpolicy Organization Policy API
    oslogin Cloud OS Login API
    privateca Certificate Authority API
    pubsub Cloud Pub/Sub API
    redis Google Cloud Memorystore for Redis API
    run Cloud Run Admin API
    secretmanager Secret Manager API
    securitycenter Security Command Center API
    servicecontrol Service Control API
    servicedirectory Service Directory API
    servicemanagement Service Management API
    servicenetworking Service Networking API
    serviceusage Service Usage API
    sourcerepo Cloud Source Repositories API
    spanner Cloud Spanner API
    sql-component Cloud SQL
    sqladmin Cloud SQL Admin API
    storage Cloud Storage API
    storage-api Google Cloud Storage JSON API
    storage-component Cloud Storage
    storagetransfer Storage Transfer API
    sts Security Token Service API
    vpcaccess Serverless VPC Access API
    websecurityscanner Web Security Scanner API
    workflows Workflows API
    """
}
