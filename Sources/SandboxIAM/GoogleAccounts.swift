/// The service accounts that Google creates itself: default accounts of services, and service agents.
///
/// Google creates one when its service is enabled, or later; until then a policy cannot name it. Here it exists as soon
/// as its service has been enabled once.
package enum GoogleAccounts {
  /// What kind of account an e-mail names.
  enum Kind: Equatable {
    /// An account that a project created: `ID@PROJECT.iam.gserviceaccount.com`.
    case ofProject(String)
    /// An account of Google's for a project, given by number or id; the project is nil if the account belongs to an
    /// organization or serves all projects.
    case ofServices(Set<String>, project: String?)
    /// Google never creates such an account.
    case unknown
  }

  /// The kind of account that an e-mail names.
  static func kind(of email: String) -> Kind {
    // With its empty parts, so that `a@@b` does not pass as `a@b`.
    let parts = email.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return .unknown }
    let (local, domain) = (parts[0], parts[1])
    guard domain.hasSuffix(".gserviceaccount.com") else { return .unknown }
    // App Engine's default account is named after the project's id; all others contain its number.
    if domain == "appspot.gserviceaccount.com" {
      return .ofServices(
        ["appengine.googleapis.com", "cloudfunctions.googleapis.com"], project: local)
    }
    // Accounts that serve every project, and those that were created before 2014.
    if ["system.gserviceaccount.com", "project.gserviceaccount.com"].contains(domain) {
      return .ofServices([], project: nil)
    }
    if let services = hosts[domain] { return agent(local, services) }
    guard domain.hasSuffix(".iam.gserviceaccount.com") else { return .unknown }
    let owner = String(domain.dropLast(".iam.gserviceaccount.com".count))
    // The tables come first: many of their names begin with `gcp-sa-` and are not named after a service.
    if let services = agents[owner] { return agent(local, services) }
    guard owner.hasPrefix("gcp-sa-") else { return .ofProject(owner) }
    // Most agents are named after their service.
    let service = "\(owner.dropFirst("gcp-sa-".count)).googleapis.com"
    // A name without a service is mistyped: Google refuses a policy with an account that does not exist.
    guard ServiceCatalogue.titles[service] != nil else { return .unknown }
    return agent(local, [service])
  }

  /// `123-compute`, `service-123`, `bq-123` and `p123-456` name a project by its number; `service-org-1` and `o1-2` do
  /// not.
  private static func agent(_ local: String, _ services: Set<String>) -> Kind {
    let isAbove =
      local.prefixMatch(of: /(service-org-|service-folder-|[obf])[0-9]/) != nil
    let number = local.split { !("0"..."9").contains($0) }.first.map(String.init)
    guard let number else { return .unknown }
    return .ofServices(services, project: isAbove ? nil : number)
  }

  /// Domains outside of `iam.gserviceaccount.com`.
  private static let hosts: [String: Set<String>] = [
    "developer.gserviceaccount.com": full("compute"),
    "cloudservices.gserviceaccount.com": full(
      "compute container deploymentmanager dataproc dataflow composer run cloudfunctions appengine"),
    "cloudbuild.gserviceaccount.com": full("cloudbuild"),
  ]

  /// Full names of services, from short ones that are separated by spaces.
  private static func full(_ services: some StringProtocol) -> Set<String> {
    Set(services.split(separator: " ").map { "\($0).googleapis.com" })
  }

  /// By the part before `.iam.gserviceaccount.com`: the agents whose names do not reveal their services.
  static let agents: [String: Set<String>] = Dictionary(
    uniqueKeysWithValues: lines.split(separator: "\n").map { line in
      let space = line.firstIndex(of: " ") ?? line.endIndex
      return (String(line[..<space]), full(line[space...]))
    })

  /// An agent, then the services of which one must have been enabled (docs/google-apis.md#service-agents).
  private static let lines = """
    bigquery-encryption bigquery
    cloud-filer file
    cloud-memcache-sa memcache
    cloud-ml.google.com ml aiplatform
    cloud-redis redis
    cloud-tpu tpu
    cloudcomposer-accounts composer
    compute-system compute
    container-analysis containeranalysis
    container-engine-robot container
    containerregistry containerregistry
    dataflow-service-producer-prod dataflow
    dataproc-accounts dataproc
    dlp-api dlp
    endpoints-portal endpointsportal
    firebase-rules firebaserules
    gae-api-prod.google.com appengine appengineflex
    gcf-admin-robot cloudfunctions
    gcp-gae-service appengine
    gcp-binaryauthorization binaryauthorization
    gcp-sa-adsdatahub adsdatahub
    gcp-sa-aiplatform-cc aiplatform
    gcp-sa-aiplatform-re aiplatform
    gcp-sa-aiplatform-vm aiplatform
    gcp-sa-anthossupport anthos container
    gcp-sa-apigateway-mgmt apigateway
    gcp-sa-artifactregistry artifactregistry
    gcp-sa-automl-recs recommendationengine
    gcp-sa-bigquery-condel bigqueryconnection
    gcp-sa-bigquery-consp bigqueryconnection
    gcp-sa-bigqueryomni bigquery
    gcp-sa-bigqueryspark bigquery
    gcp-sa-bigquerytardis bigquery
    gcp-sa-chronicle chronicle
    gcp-sa-cloud-cw contentwarehouse
    gcp-sa-cloud-ids ids
    gcp-sa-cloud-sql sqladmin sql-component
    gcp-sa-cloud-trace cloudtrace
    gcp-sa-cloudai ml
    gcp-sa-cloudbatch batch
    gcp-sa-cloudoptim cloudoptimization
    gcp-sa-computeusage compute
    gcp-sa-ctd-control containerthreatdetection
    gcp-sa-dataprocrm dataprocrm
    gcp-sa-devconnect developerconnect
    gcp-sa-ekms cloudkms
    gcp-sa-firebasemods firebaseextensions firebase
    gcp-sa-iap iap
    gcp-sa-krmapihosting krmapihosting
    gcp-sa-ktd-control containerthreatdetection
    gcp-sa-mcmetering multiclustermetering
    gcp-sa-mcsd multiclusterservicediscovery
    gcp-sa-meshconfig meshconfig
    gcp-sa-meshcontrolplane meshconfig mesh
    gcp-sa-meshdataplane meshconfig mesh
    gcp-sa-migcenter migrationcenter
    gcp-sa-monitoring-notification monitoring
    gcp-sa-multiclusteringress multiclusteringress
    gcp-sa-networkactions networkservices
    gcp-sa-ns-authz networksecurity
    gcp-sa-pam privilegedaccessmanager
    gcp-sa-prod-dai-core documentai
    gcp-sa-progrollout progressiverollout
    gcp-sa-rbe remotebuildexecution
    gcp-sa-scc-notification securitycenter
    gcp-sa-scc-vmtd securitycenter
    gcp-sa-servicemesh meshconfig mesh
    gcp-sa-sourcemanager securesourcemanager
    gcp-sa-spectrumsas sasportal
    gcp-sa-vertex-bp aiplatform
    gcp-sa-vertex-eval aiplatform
    gcp-sa-vertex-ex aiplatform
    gcp-sa-vertex-mm aiplatform
    gcp-sa-vertex-moc aiplatform
    gcp-sa-vertex-nb aiplatform
    gcp-sa-vertex-op aiplatform
    gcp-sa-vertex-rag aiplatform
    gcp-sa-vertex-tune aiplatform
    gcp-sa-websecscanner websecurityscanner
    genomics-api.google.com genomics lifesciences
    gs-project-accounts storage storage-api storage-component
    remotebuildexecution remotebuildexecution
    security-center-api securitycenter
    serverless-robot-prod run
    service-consumer-management serviceconsumermanagement servicenetworking
    service-networking servicenetworking
    sourcerepo-service-accounts sourcerepo
    storage-transfer-service storagetransfer
    """
}
