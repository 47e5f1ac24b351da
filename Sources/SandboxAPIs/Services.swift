import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Service Usage v1 (docs/google-apis.md#services).
package enum Services: ServedAPI {
  private static let path = "/v1/projects/{project}/services"

  /// None: the project's record has the services.
  package static let records: [any Record.Type] = []

  /// The operations of Service Usage.
  package static let routes: [Route] = [
    Route(.get, path, api: .serviceUsage, access: access("list"), run: list)
      .taking("filter", "pageSize", "pageToken").answering(pageOfServices),
    Route(.get, "\(path):batchGet", api: .serviceUsage, access: access("get"), run: batchGet)
      .taking("names")
      .answering(pageOfServices),
    Route(
      .post, "\(path):batchEnable", api: .serviceUsage, access: access("enable"), run: batchEnable),
    Route(.get, "\(path)/{service}", api: .serviceUsage, access: access("get")) {
      (call, state) throws(APIError) in
      try check([call["service"]], call)
      return json(call["service"], try ProjectRules.present(call, state))
    }.answering(service),
    Route(
      .post, "\(path)/{service}:enable", api: .serviceUsage, access: access("enable"), run: enable),
    Route(
      .post, "\(path)/{service}:disable", api: .serviceUsage, access: access("disable"),
      run: disable),
  ]

  private static let service = MessageType([
    "state": .init(type: .enumeration(EnumType("STATE_UNSPECIFIED", "DISABLED", "ENABLED")))
  ])

  private static let pageOfServices = MessageType([
    "services": .init(type: .list(.message(service)))
  ])

  private static func access(_ verb: String) -> Access {
    .permission("serviceusage.services.\(verb)", on: .project)
  }

  /// Throws for services that do not exist: 403, as Google does, not 404 (docs/google-apis.md#what-a-403-may-mean).
  static func check(_ services: [String], _ call: Call) throws(APIError) {
    let unknown = services.filter {
      ServiceCatalogue.titles[$0] == nil && !call.settings.services.contains($0)
    }
    guard unknown.isEmpty else {
      let names = unknown.joined(separator: ", ")
      throw APIError(
        .permissionDenied, "Not found or permission denied for service(s): \(names).",
        details: [
          [
            "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
            "violations": [["type": "googleapis.com", "subject": "110002"]],
          ],
          APIError.errorInfo(
            "SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED",
            domain: "serviceusage.googleapis.com", ["services": .string(names)]),
        ])
    }
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let project = try ProjectRules.present(call, state)
    let filter = try Filter.parse(call.query["filter"] ?? "")
    for term in filter?.terms ?? [] where term.field != "state" {
      throw .badField("filter", "Invalid filter: \(call.query["filter"] ?? "")")
    }
    let names = Set(ServiceCatalogue.titles.keys).union(call.settings.services).sorted()
    let shown = names.filter { name in
      filter?.holds { $0.fits(project.services.contains(name) ? "ENABLED" : "DISABLED") } ?? true
    }
    if let size = call.query["pageSize"].flatMap({ Int($0) }), size > 200 {
      throw .badField("page_size", "Page size must be at most 200.")
    }
    let page = try Page(call.query, standard: 50, maximum: 200).cut(shown) { $0 }
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer["services"] = .array(page.items.map { json($0, project) }) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  private static func batchGet(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let project = try ProjectRules.present(call, state)
    let names = call.query.all("names")
    guard !names.isEmpty, names.count <= 30 else {
      throw .badField("names", "Between 1 and 30 names must be given; there are \(names.count).")
    }
    var services: [String] = []
    for name in names {
      let parts = name.split(separator: "/").map(String.init)
      guard parts.count == 4, parts[0] == "projects", parts[2] == "services",
        parts[1] == project.id || parts[1] == project.number
      else { throw .badField("names", "Invalid service name \"\(name)\".") }
      services.append(parts[3])
    }
    try check(services, call)
    return ["services": .array(services.map { json($0, project) })]
  }

  private static func enable(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try check([call["service"]], call)
    var project = try ProjectRules.present(call, state)
    let isNew = enableAll([call["service"]], &project, in: &state)
    let response: JSONValue = [
      "@type": "type.googleapis.com/google.api.serviceusage.v1.EnableServiceResponse",
      "service": json(call["service"], project),
    ]
    return finish(
      changed: isNew, metadata: emptyMetadata, response: response, for: call, in: &state)
  }

  private static func batchEnable(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue
  {
    try call.body.allow("serviceIds")
    let services = try call.body.strings("serviceIds") ?? []
    guard !services.isEmpty, services.count <= 20 else {
      throw .badField(
        "service_ids", "Between 1 and 20 services can be enabled; there are \(services.count).")
    }
    try check(services, call)
    var project = try ProjectRules.present(call, state)
    let isNew = enableAll(services, &project, in: &state)
    let metadata: JSONValue = [
      "@type": "type.googleapis.com/google.api.serviceusage.v1.OperationMetadata"
    ]
    let response: JSONValue = [
      "@type": "type.googleapis.com/google.api.serviceusage.v1.BatchEnableServicesResponse",
      "services": .array(services.map { json($0, project) }),
    ]
    return finish(changed: isNew, metadata: metadata, response: response, for: call, in: &state)
  }

  /// Enables services and, as Google does, those that they require. Returns false if all of them were enabled.
  private static func enableAll(
    _ services: [String], _ project: inout ProjectRecord, in state: inout State
  ) -> Bool {
    let before = project.services
    guard !before.isSuperset(of: services) else { return false }
    for service in services {
      project.services.insert(service)
      project.services.formUnion(ServiceCatalogue.needs[service] ?? [])
    }
    state.put(project)
    DefaultAccounts.create(for: project, enabledBefore: before, in: &state)
    return true
  }

  /// The refusal to disable a service that others need. The details are those of recorded answers.
  private static func hasDependents(_ service: String, _ dependents: [String]) -> APIError {
    let names = dependents.joined(separator: ",")
    return APIError(
      .failedPrecondition,
      "The service \(service) is depended on by the following active service(s): \(names); Please "
        + "specify disable_dependent_services=true if you want to proceed with disabling all services.",
      reason: "failedPrecondition",
      details: [
        [
          "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
          "violations": [
            [
              "type": "googleapis.com",
              "subject": .string("?error_code=100001&service_name=\(service)&services=\(names)"),
            ]
          ],
        ],
        APIError.errorInfo(
          "COMMON_SU_SERVICE_HAS_DEPENDENT_SERVICES", domain: "serviceusage.googleapis.com",
          ["service_name": .string(service), "services": .string(names)]),
      ])
  }

  private static func disable(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("disableDependentServices", "checkIfServiceHasUsage")
    let service = call["service"]
    try check([service], call)
    var project = try ProjectRules.present(call, state)
    let dependents = ServiceCatalogue.dependents(of: service).intersection(project.services)
    if !dependents.isEmpty {
      guard try call.body.bool("disableDependentServices") ?? false else {
        throw hasDependents(service, dependents.sorted())
      }
      project.disable(dependents)
    }
    let wasEnabled = project.services.contains(service)
    project.disable([service])
    if wasEnabled { state.put(project) }
    let response: JSONValue = [
      "@type": "type.googleapis.com/google.api.serviceusage.v1.DisableServiceResponse",
      "service": json(service, project),
    ]
    return finish(
      changed: wasEnabled, metadata: emptyMetadata, response: response, for: call, in: &state)
  }

  /// Without the `"value": {}` of the recorded answer, which is how Go writes a packed Empty: Google's Python client
  /// for Service Usage cannot read it (https://github.com/protocolbuffers/protobuf/issues/24445), and the recorded
  /// Empty of Artifact Registry does not have it.
  private static let emptyMetadata: JSONValue = [
    "@type": "type.googleapis.com/google.protobuf.Empty"
  ]

  /// An operation. If there was nothing to change, one that is already done.
  private static func finish(
    changed: Bool, metadata: JSONValue, response: JSONValue, for call: Call,
    in state: inout State
  ) -> JSONValue {
    guard changed else {
      return ["name": "operations/noop.DONE_OPERATION", "done": true, "response": response]
    }
    let serial = LongRunningOperations.serial(&state)
    let project = state.project(call.project)?.number ?? ""
    let name = "operations/acf.p2-\(project)-\(LongRunningOperations.uuid(serial))"
    LongRunningOperations.start(name, for: call, in: &state, metadata: metadata, response: response)
    return ["name": .string(name)]
  }

  private static func json(_ service: String, _ project: ProjectRecord) -> JSONValue {
    [
      "name": .string("projects/\(project.number)/services/\(service)"),
      "config": [
        "name": .string(service), "title": .string(ServiceCatalogue.titles[service] ?? service),
      ],
      "state": project.services.contains(service) ? "ENABLED" : "DISABLED",
      "parent": .string("projects/\(project.number)"),
    ]
  }
}
