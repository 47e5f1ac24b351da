import CloudResources
import Crypto
import HTTP
import JSON
import Kinds
import Model
import Platform
import Reconcile
import Resources
import Synchronization
import TestSupport
import Testing

@testable import GoogleCloud
@testable import Keys

/// Where the private half of a rotated key goes, and how its users read it.
enum RotatedDestination: String, Sendable, CaseIterable {
  case file, secretManager, githubActions

  /// The `destination` of the manifest.
  var manifest: String {
    switch self {
    case .file: "{file: uploader.json}"
    case .secretManager: "{secretManager: {secret: uploader-key}}"
    case .githubActions: "{githubActions: {repository: acme/lib, secret: UPLOADER_KEY}}"
    }
  }
}

/// A year in the life of a key: four rotations against a real server, whose clock is moved, while a user reads the
/// destination and signs in at every moment.
@Suite struct KeyRotationYearTests {
  /// One machine with a declared key.
  private struct Year {
    let stage: SandboxStage
    let destination: RotatedDestination
    let store: KeyStore
    /// Whether pauses take their time: a claim at GitHub holds only if a run waits until it reads it back.
    var isPatient = false
    let graph: DesiredGraph

    init(_ stage: SandboxStage, _ destination: RotatedDestination, store: KeyStore? = nil) throws {
      self.stage = stage
      self.destination = destination
      self.store = store ?? stage.keyStore
      graph = try stage.graph(
        """
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: my-project-id}
        spec: {services: [iam.googleapis.com, secretmanager.googleapis.com]}
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: uploader}
        spec: {}
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccountKey
        metadata: {name: uploader-key}
        spec:
          serviceAccount: uploader
          destination: \(destination.manifest)
        """)
    }

    /// Moves the server's clock.
    func sleep(_ seconds: Int64) async throws {
      let client = try await stage.client()
      _ = try await client.call(
        APICall(
          .iam, method: .post, path: "/_sandbox/clock",
          body: ["advanceSeconds": .integer(seconds)], retry: .idempotentWrite, label: "clock"))
    }

    func plan(_ client: APIClient) async -> Plan {
      let snapshot = await SnapshotReader(client: client, keys: store, kinds: stage.kinds)
        .readSnapshot(of: graph)
      var planner = Planner(graph: graph, snapshot: snapshot)
      planner.now = Int64(client.run.serverNow)
      return planner.plan()
    }

    func client() async throws -> APIClient {
      let client =
        isPatient
        ? try await stage.client(clock: SystemClock(), random: SystemRandom())
        : try await stage.client(random: SystemRandom())
      await client.followSandboxClock()
      return client
    }

    /// A plan and an apply. Killed at the request with this number, counted from the beginning of the apply.
    /// Returns how many requests the apply sent.
    @discardableResult
    func run(killedAt number: Int? = nil, after: Bool = false) async throws -> Int {
      let client = try await client()
      let plan = await plan(client)
      #expect(plan.changes.allSatisfy { $0.action != .unreadable }, "\(summary(plan))")
      let before = stage.transport.requests.count
      stage.transport.die(at: number, after: after)
      let executor = Executor(
        runner: CloudRunner(client: client, keys: store), parallelism: 4, stop: StopSignal(),
        uptime: { client.run.clock.uptime })
      _ = await executor.execute(plan.operations) { _ in }
      stage.transport.die(at: nil)
      return stage.transport.requests.count - before
    }

    /// The destination as its user reads it.
    func credential() async throws -> [UInt8] {
      switch destination {
      case .file:
        return try stage.files.read("\(store.directory)/uploader.json", maximumBytes: 1 << 16)
      case .secretManager:
        let answer = try await stage.call(
          .get, "/v1/projects/my-project-id/secrets/uploader-key/versions/latest:access")
        return try #require(answer["payload"]?["data"]?.string.flatMap(Base64.decode))
      case .githubActions:
        let answer = try await stage.call(
          .get, "/_sandbox/github/repos/acme/lib/actions/secrets/UPLOADER_KEY/value")
        return try #require(answer["value"]?.string.flatMap(Base64.decode))
      }
    }

    /// A sign-in with what the destination holds, and the number of keys that can sign in.
    func expectUsable(_ what: String) async throws {
      let client = try await client()
      let file = try JSONValue(parsing: try await credential())
      let pem = Array((file["private_key"]?.string ?? "").utf8)
      let id = file["private_key_id"]?.string ?? ""
      let assertion = try ServiceAccountSignIn.assertion(
        email: file["client_email"]?.string ?? "", keyID: id, key: try RSAPrivateKey(pemBytes: pem),
        endpoints: client.endpoints, run: client.run)
      do {
        try await ServiceAccountSignIn.verify(
          assertion: assertion, email: "uploader", endpoints: client.endpoints, run: client.run)
      } catch {
        Issue.record("\(what): key \(id) does not sign in: \(error)")
      }
      let enabled = try await keys().filter { !$0.isDisabled }
      #expect(enabled.count <= 2, "\(what): \(enabled.map(\.id))")
    }

    func keys() async throws -> [LiveKey] {
      try await LiveKey.list(
        email: "uploader@my-project-id.iam.gserviceaccount.com", project: "my-project-id",
        client: try await stage.client())
    }

    func expectConverged(_ what: String) async throws {
      let rows = summary(await plan(try await client()))
      #expect(rows.isEmpty, "\(what): \(rows)")
      #expect(try await keys().count == 1, "\(what)")
      try await expectUsable(what)
    }
  }

  /// Two machines that apply at the same moment, each with files of its own, while a user signs in all the time.
  @Test(arguments: RotatedDestination.allCases) func twoMachines(
    destination: RotatedDestination
  ) async throws {
    var first = try await year(destination)
    defer { first.stage.stop() }
    first.isPatient = true
    var second = try Year(first.stage, destination, store: first.stage.otherKeyStore())
    second.isPatient = true
    let (one, two) = (first, second)
    for rotation in 1...2 {
      try await one.sleep(60 * 86_400)
      for step in 1...3 {
        try await withThrowingTaskGroup { group in
          group.addTask { _ = try await one.run() }
          group.addTask { _ = try await two.run() }
          let isOver = Mutex(false)
          async let user: Void = {
            while !isOver.withLock({ $0 }) { try await one.expectUsable("while both apply") }
          }()
          try await group.waitForAll()
          isOver.withLock { $0 = true }
          try await user
        }
        try await one.sleep(RemoteHolding.Claim.lease + 1)
        try await one.run()
        try await two.run()
        try await one.expectUsable("rotation \(rotation), step \(step)")
        try await one.sleep(86_400)
      }
      try await one.expectConverged("rotation \(rotation)")
    }
  }

  private func year(_ destination: RotatedDestination) async throws -> Year {
    let stage = try SandboxStage()
    if destination == .secretManager {
      _ = try await stage.call(
        .post, "/v1/projects/my-project-id/services:batchEnable",
        ["serviceIds": ["secretmanager.googleapis.com", "iam.googleapis.com"]])
      _ = try await stage.call(
        .post, "/v1/projects/my-project-id/secrets?secretId=uploader-key",
        ["replication": ["automatic": [:]]])
    }
    let year = try Year(stage, destination)
    try await year.run()
    try await year.expectConverged("at first")
    return year
  }

  @Test(arguments: RotatedDestination.allCases) func fourRotations(
    destination: RotatedDestination
  ) async throws {
    let year = try await year(destination)
    defer { year.stage.stop() }
    for rotation in 1...4 {
      try await year.sleep(60 * 86_400)
      for step in ["made", "disabled", "deleted"] {
        try await year.run()
        try await year.expectUsable("rotation \(rotation), \(step)")
        let rows = summary(await year.plan(try await year.client()))
        #expect(rows.isEmpty, "rotation \(rotation), \(step): \(rows)")
        try await year.sleep(86_400)
      }
      try await year.expectConverged("rotation \(rotation)")
    }
  }

  /// A kill before or after each request of each step; the next runs finish.
  @Test(arguments: RotatedDestination.allCases, [false, true]) func killedEverywhere(
    destination: RotatedDestination, after: Bool
  ) async throws {
    let year = try await year(destination)
    defer { year.stage.stop() }
    var number = 0
    var isLast = false
    while !isLast {
      number += 1
      isLast = true
      try await year.sleep(60 * 86_400)
      for step in ["made", "disabled", "deleted"] {
        let what = "\(step), killed at request \(number), after: \(after)"
        let sent = try await year.run(killedAt: number, after: after)
        if sent >= number { isLast = false }
        try await year.expectUsable(what)
        // The claim of the dead run ends.
        try await year.sleep(RemoteHolding.Claim.lease + 1)
        for run in 1...2 {
          try await year.run()
          try await year.expectUsable("\(what), run \(run)")
        }
        try await year.sleep(86_400)
      }
      // A key that was lost is disabled at once, and deleted after two overlaps of its own.
      for _ in 1...3 {
        try await year.run()
        try await year.sleep(86_400)
      }
      try await year.expectConverged("killed at request \(number), after: \(after)")
    }
    #expect(number > 3)
  }
}
