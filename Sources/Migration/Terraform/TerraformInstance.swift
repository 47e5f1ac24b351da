import JSON

/// One instance of a resource or data source in a state of Terraform, in either of its forms.
struct TerraformInstance {
  /// Why an instance is not converted although it is in the state.
  enum Flaw {
    /// A replaced object that is still to be destroyed.
    case deposed
    /// In the form of Terraform before 0.12.
    case flat
  }
  var address: String
  /// `google_service_account`.
  var type: String
  /// The last part of its provider's name: `google`, `google-beta`; with its namespace if that is not HashiCorp's.
  var provider: String
  /// The program that the provider's registry belongs to.
  var program: String
  var isData: Bool
  var isTainted: Bool
  var flaw: Flaw?
  /// The attributes; those that the state marks as sensitive are not among them.
  var attributes: JSONObject
  /// The paths of the attributes that were left out because they are sensitive.
  var hidden: [String]

  /// Whether it belongs to Google's provider.
  var isGoogles: Bool { provider == "google" || provider == "google-beta" }

  /// The text of an attribute; nil if it is missing, empty or something else.
  func text(_ name: String) -> String? {
    attributes[name]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// The instances of a file.
struct TerraformState {
  private(set) var instances: [TerraformInstance] = []
  /// How many planned changes were not looked at, in a plan.
  var pendingChanges = 0

  /// Reads a state file of version 4.
  init(version4 file: JSONValue) {
    for resource in file["resources"]?.array ?? [] {
      let place = Place(resource, provider: resource["provider"]?.string ?? "")
      for instance in resource["instances"]?.array ?? [] {
        instances.append(Self.read(instance, of: resource, place))
      }
    }
  }

  /// Reads the `values` of `terraform show -json`.
  init(values: JSONValue?) {
    if let root = values?["root_module"] { add(module: root) }
  }

  /// What the instances of a resource share.
  private struct Place {
    var type: String
    var provider: String
    var program: String
    var isData: Bool

    init(_ resource: JSONValue, provider: String) {
      type = resource["type"]?.string ?? ""
      (self.provider, program) = TerraformState.provider(provider)
      isData = resource["mode"]?.string == "data"
    }
  }

  private static func read(
    _ instance: JSONValue, of resource: JSONValue, _ place: Place
  ) -> TerraformInstance {
    let module = resource["module"]?.string.map { "\($0)." } ?? ""
    let name = resource["name"]?.string ?? "?"
    let data = place.isData ? "data." : ""
    let (rest, hidden) = SensitiveMask(paths: instance["sensitive_attributes"])
      .removed(from: instance["attributes"]?.object ?? [:])
    let isFlat = instance["attributes"]?.object == nil
    return TerraformInstance(
      address: "\(module)\(data)\(place.type).\(name)\(key(instance["index_key"]))",
      type: place.type, provider: place.provider, program: place.program, isData: place.isData,
      isTainted: instance["status"]?.string == "tainted",
      flaw: instance["deposed"].map { !$0.isNull } == true ? .deposed : isFlat ? .flat : nil,
      attributes: rest, hidden: hidden)
  }

  private static func key(_ value: JSONValue?) -> String {
    if let number = value?.integer { return TerraformAddress.key(number) }
    return value?.string.map { TerraformAddress.key($0) } ?? ""
  }

  private mutating func add(module: JSONValue) {
    for resource in module["resources"]?.array ?? [] {
      let place = Place(resource, provider: resource["provider_name"]?.string ?? "")
      let (rest, hidden) = SensitiveMask(tree: resource["sensitive_values"])
        .removed(from: resource["values"]?.object ?? [:])
      instances.append(
        TerraformInstance(
          address: resource["address"]?.string ?? "\(place.type).?", type: place.type,
          provider: place.provider, program: place.program, isData: place.isData,
          isTainted: resource["tainted"]?.bool == true,
          flaw: resource["deposed_key"].map { !$0.isNull } == true ? .deposed : nil,
          attributes: rest, hidden: hidden))
    }
    for child in module["child_modules"]?.array ?? [] { add(module: child) }
  }

  /// The name and the program of `provider["registry.terraform.io/hashicorp/google"]`, `registry.opentofu.org/...`, or
  /// `module.a.provider["..."].alias`.
  static func provider(_ text: String) -> (name: String, program: String) {
    let source: String
    if let mark = text.ranges(of: "provider[\"").last {
      source = String(text[mark.upperBound...].prefix { $0 != "\"" })
    } else if text.hasPrefix("provider.") {
      // Terraform 0.12 wrote `provider.google`.
      source = String(text.dropFirst("provider.".count).prefix { $0 != "." })
    } else {
      source = text
    }
    let parts = source.split(separator: "/").map(String.init)
    let program = parts.first?.hasSuffix("opentofu.org") == true ? "tofu" : "terraform"
    guard let name = parts.last else { return ("", program) }
    let namespace = parts.count > 1 ? parts[parts.count - 2] : "hashicorp"
    return (namespace == "hashicorp" ? name : "\(namespace)/\(name)", program)
  }
}
