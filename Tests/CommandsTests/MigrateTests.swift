import JSON
import Platform
import TestSupport
import Testing

@testable import Commands

/// `arctl migrate`: what it prints, writes and refuses.
@Suite struct MigrateTests {
  private static func repository(_ name: String, _ more: String = "") -> String {
    """
    {"mode": "managed", "type": "google_artifact_registry_repository", "name": "\(name)",
     "provider": "provider[\\"registry.terraform.io/hashicorp/google\\"]",
     "instances": [{"attributes": {"project": "my-project-id", "location": "us-east4",
       "repository_id": "\(name)", "format": "NPM"\(more)}}]}
    """
  }
  private static let key = """
    {"mode": "managed", "type": "google_service_account_key", "name": "k",
     "provider": "provider[\\"registry.terraform.io/hashicorp/google\\"]",
     "instances": [{"attributes": {"private_key": "CANARY-KEY", "keepers": {"a": "CANARY-KEY"},
       "name": "projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com/keys/0123456789abcdef0123456789abcdef01234567"}}]}
    """
  private static let account = """
    {"mode": "managed", "type": "google_service_account", "name": "a",
     "provider": "provider[\\"registry.terraform.io/hashicorp/google\\"]",
     "instances": [{"attributes": {"project": "my-project-id", "account_id": "uploader",
       "email": "uploader@my-project-id.iam.gserviceaccount.com", "description": "CANARY-PASSWORD"},
       "sensitive_attributes": [[{"type": "get_attr", "value": "description"}]]}]}
    """
  private static let bucket = """
    {"mode": "managed", "type": "google_storage_bucket", "name": "b",
     "provider": "provider[\\"registry.terraform.io/hashicorp/google\\"]",
     "instances": [{"attributes": {"name": "CANARY-BUCKET"}}]}
    """
  private static func state(_ resources: String...) -> String {
    "{\"version\": 4, \"terraform_version\": \"1.9.8\", \"outputs\": {\"x\": {\"value\": \"CANARY-OUT\"}}, \"resources\": [\(resources.joined(separator: ",\n"))]}"
  }

  private func run(_ text: String, _ options: String...) async throws -> (TestContext, Outcome) {
    let context = TestContext()
    try context.write("x.tfstate", text)
    let outcome = await context.run(["migrate", "terraform", "x.tfstate"] + options)
    return (context, outcome)
  }

  @Test func manifestsGoToStandardOutput() async throws {
    let (context, outcome) = try await run(Self.state(Self.repository("libs")))
    #expect(outcome == .success)
    #expect(
      context.console.output == """
        apiVersion: arctl.dev/v1
        kind: Stack
        metadata: {name: my-project-id}
        spec:
          defaults:
            project: my-project-id
            location: us-east4
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: libs}
        spec:
          format: npm

        """)
    #expect(
      context.console.errors == """
        Converted:
          google_artifact_registry_repository.libs  my-project-id/repository/us-east4/libs

        1 of 1 resources of x.tfstate converted.

        # Takes what was converted out of the tool that managed it until now. Nothing at Google changes.
        # Do this when `arctl plan` shows no changes for the new manifests. From then on only arctl manages it.

        # Way 1, with Terraform 1.7 or later: delete the resource blocks from the configuration, add these blocks instead, and
        # run `terraform apply`. It must plan to destroy nothing.
        removed {
          from = google_artifact_registry_repository.libs

          lifecycle {
            destroy = false
          }
        }

        # Way 2: delete the resource blocks from the configuration and run these commands. `terraform plan` must show no
        # changes afterwards.
        terraform state rm google_artifact_registry_repository.libs


        """)
  }

  /// The whole report: complete, with a note, in part, skipped, and what is not Google's.
  @Test func theReport() async throws {
    let other = Self.bucket.replacing("hashicorp/google", with: "hashicorp/random")
    let (context, outcome) = try await run(
      Self.state(
        Self.repository("libs"), Self.repository("tools", ", \"brand_new\": \"x\""), Self.account,
        Self.key, Self.bucket, Self.bucket.replacing("\"b\"", with: "\"c\""), other), "--quiet",
      "--out", "out")
    #expect(outcome == .incomplete)
    #expect(
      context.console.errors == """
        Converted in part; what is missing is in no manifest:
          google_artifact_registry_repository.tools  my-project-id/repository/us-east4/tools
              ! `brand_new` is not converted: arctl has no field for it
          google_service_account.a                   my-project-id/serviceAccount/uploader
              ! `description` is not converted: the state marks it as sensitive

        Skipped:
          arctl does not manage `google_storage_bucket`:
            google_storage_bucket.b
            google_storage_bucket.c

        4 of 6 resources of x.tfstate converted: 1 with notes, 2 in part. 2 skipped. Not Google's, so not looked at: 1 of provider random.

        """)
  }

  @Test func filesAndJSON() async throws {
    let (context, outcome) = try await run(
      Self.state(Self.repository("libs"), Self.account, Self.bucket), "--out", "out", "--output",
      "json", "--allow-partial")
    #expect(outcome == .success)
    let names = try context.files.files(under: "out")
    #expect(names == ["release.txt", "repository.yaml", "service-account.yaml", "stack.yaml"])
    let report = try JSONValue(parsing: Array(context.console.output.utf8))
    #expect(report["complete"] == false && report["summary"]?["skipped"] == 1)
    #expect(report["items"]?.array?.map { $0["outcome"] } == ["converted", "inPart", "skipped"])
    #expect(report["files"]?.array?.count == 3)
    let release = try context.files.read("out/release.txt", maximumBytes: 1 << 20)
    let text = String(decoding: release, as: UTF8.self)
    #expect(text.contains("terraform state rm google_service_account.a"))
    #expect(report["release"]?.string.map(text.hasSuffix) == true)
    // The same again replaces its own files, and no edited one.
    let again = ["migrate", "terraform", "x.tfstate", "--out", "out", "--allow-partial"]
    #expect(await context.run(again) == .success)
    #expect(await context.run("validate", "out") == .success)
    try context.write("out/release.txt", "mine")
    #expect(await context.run(again) == .refused)
    #expect(context.console.errors.contains("`out/release.txt` exists"))
  }

  /// What the loader refuses is left out with its reason, counts as not converted, and is not repeated: it may be a secret
  /// that nobody marked as one.
  @Test func whatNoManifestCanHoldIsReported() async throws {
    let token = "ghp_" + String(repeating: "a1B2", count: 9)
    let (context, outcome) = try await run(
      Self.state(
        Self.repository("libs"), Self.repository("tools", ", \"description\": \"\(token)\"")))
    #expect(outcome == .incomplete)
    #expect(context.console.errors.contains("2 of 2 resources of x.tfstate converted: 1 in part."))
    #expect(
      context.console.errors.contains(
        "! my-project-id/repository/us-east4/tools description is in no manifest: manifests cannot hold it"
      ), "\(context.console.errors)")
    #expect(context.console.output.contains("metadata: {name: tools}"))
    #expect(!(context.console.errors + context.console.output).contains(token))
  }

  /// A private key, a password and an output of the state are in nothing that is printed or written.
  @Test(arguments: [[], ["--out", "out"], ["--out", "out", "--output", "json"], ["--quiet"]])
  func secretsAreNowhere(_ options: [String]) async throws {
    let text = Self.state(Self.repository("libs"), Self.account, Self.key, Self.bucket)
    for broken in [
      text, String(text.dropLast(5)), text.replacing("\"CANARY-KEY\",", with: "\"CANARY-KEY\""),
    ] {
      let context = TestContext()
      try context.write("in/x.tfstate", broken)
      _ = await context.run(["migrate", "terraform", "in/x.tfstate"] + options)
      var all = context.console.output + context.console.errors
      for name in (try? context.files.files(under: "out")) ?? [] {
        all += String(
          decoding: try context.files.read("out/\(name)", maximumBytes: 1 << 20), as: UTF8.self)
      }
      #expect(!all.contains("CANARY"))
    }
  }

  @Test(arguments: [
    (["terraform", "gone"], "nothing at `gone`"), (["terraform", "."], "`.` is a folder"),
    (["config-connector", "empty"], "there is no *.yaml"),
  ])
  func whatCannotBeReadIsNamed(_ words: [String], _ message: String) async throws {
    let context = TestContext()
    try context.files.makeFolders("empty")
    #expect(await context.run(["migrate"] + words) == .invalid)
    #expect(context.console.errors.contains("error[AR0171]: \(message)"))
  }

  @Test(arguments: [
    ["terraform", "x", "--output", "json"], ["terraform", "x", "--layout", "kind"],
    ["terraform", "x", "--stack", "UPPER"], ["terraform"], ["terraform", "x", "y"],
    ["pulumi", "x"],
    ["terraform", "x", "--output", "yaml"],
  ])
  func usage(_ words: [String]) async {
    #expect(await TestContext().run(["migrate"] + words) == .usage)
  }

  @Test func anEmptyStateWritesNothing() async throws {
    let (context, outcome) = try await run(Self.state(), "--out", "out")
    #expect(outcome == .success && context.console.output == "")
    #expect(context.console.errors.contains("0 of 0 resources of x.tfstate converted."))
    #expect(try context.files.status(of: "out") == nil)
  }

  @Test func standardInput() async throws {
    let context = TestContext()
    var seams = context.seams(["migrate", "terraform", "-"])
    seams.readInput = { (_) throws(FileError) in Array(Self.state(Self.repository("libs")).utf8) }
    #expect(await Arctl.run(seams) == .success)
    #expect(context.console.errors.contains("resources of standard input converted"))
    seams.readInput = { (limit) throws(FileError) in
      throw FileError(path: "standard input", code: 27, call: "read")
    }
    #expect(await Arctl.run(seams) == .invalid)
    #expect(context.console.errors.contains("standard input is too large: at most 64 MiB"))
  }

  @Test func aFolderOfConfigConnector() async throws {
    let context = TestContext()
    try context.write(
      "config/a/repo.yaml",
      """
      apiVersion: artifactregistry.cnrm.cloud.google.com/v1beta1
      kind: ArtifactRegistryRepository
      metadata:
        name: libs
        namespace: team
        annotations: {cnrm.cloud.google.com/project-id: my-project-id}
      spec: {location: us-east4, format: NPM}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: k}
      data: {a: CANARY}
      ---
      apiVersion: storage.cnrm.cloud.google.com/v1beta1
      kind: StorageBucket
      metadata: {name: b, namespace: team}
      """)
    #expect(await context.run("migrate", "config-connector", "config") == .incomplete)
    #expect(context.console.output.contains("metadata: {name: libs}"))
    #expect(
      context.console.errors == """
        Converted:
          ArtifactRegistryRepository team/libs  my-project-id/repository/us-east4/libs  (config/a/repo.yaml:1)

        Skipped:
          arctl does not manage StorageBucket:
            StorageBucket team/b  (config/a/repo.yaml:14)

        1 of 2 resources of config converted. 1 skipped. Not Google's, so not looked at: 1 of Secret.

        # Takes what was converted out of the tool that managed it until now. Nothing at Google changes.
        # Do this when `arctl plan` shows no changes for the new manifests. From then on only arctl manages it.

        # Way 1: annotate the objects, so that deleting them leaves the resources at Google, and delete them.
        kubectl annotate artifactregistryrepository.artifactregistry.cnrm.cloud.google.com/libs -n team cnrm.cloud.google.com/deletion-policy=abandon --overwrite
        kubectl delete artifactregistryrepository.artifactregistry.cnrm.cloud.google.com/libs -n team

        # Way 2, where the objects come from git (Config Sync, Argo CD, Flux): add this annotation to each of them, wait
        # until it is in the cluster, and only then delete the objects from git.
        #   metadata:
        #     annotations:
        #       cnrm.cloud.google.com/deletion-policy: abandon


        """)
  }
}
