import JSON
import SandboxIAM
import SandboxWire

/// The rules for a provider's fields (discovery `iam.v1 WorkloadIdentityPoolProvider`). Where no text of Google's is
/// known, it is the sandbox's.
enum ProviderChecks {
  private static let types = ["oidc", "aws", "saml", "x509"]

  /// The type of a provider; nil unless it has exactly one.
  static func type(of fields: JSONObject) -> String? {
    let present = types.filter { fields[$0] != nil }
    return present.count == 1 ? present[0] : nil
  }

  static func check(_ fields: JSONObject) throws(APIError) {
    try FederationOperations.checkTexts(fields, "workload_identity_pool_provider")
    guard let type = type(of: fields) else {
      throw .invalid("Exactly one of oidc, aws, saml and x509 must be set.")
    }
    try checkMapping(fields, type)
    switch type {
    case "oidc": try checkOIDC(fields)
    case "aws": try checkAWS(fields)
    case "saml": try checkSAML(fields)
    default: try checkX509(fields)
    }
    try checkCondition(fields)
    if fields["actorProviders"]?.array?.count ?? 0 > 3 {
      throw .badField("actor_providers", "At most 3 actor providers can be specified.")
    }
  }

  // MARK: Expressions

  private static func checkMapping(_ fields: JSONObject, _ type: String) throws(APIError) {
    let mapping = fields["attributeMapping"]?.object ?? [:]
    guard mapping["google.subject"] != nil || type == "aws" && mapping.isEmpty else {
      throw .badField(
        "attribute_mapping", "The attribute mapping must include a mapping to google.subject.")
    }
    guard mapping.keys.count(where: { $0.hasPrefix("attribute.") }) <= 50 else {
      throw .badField("attribute_mapping", "At most 50 custom attributes can be mapped.")
    }
    for (key, value) in mapping.sorted(by: { $0.key < $1.key }) {
      let place = "attribute_mapping[\(key.prefix(100))]"
      guard
        key == "google.subject" || key == "google.groups"
          || key.utf8.count <= 100 && key.wholeMatch(of: /attribute\.[a-z0-9_]+/) != nil
      else {
        throw .badField(
          place,
          "Unsupported mapped attribute \"\(key.prefix(200))\": use google.subject, google.groups or attribute.NAME."
        )
      }
      let text = value.string ?? ""
      guard text.unicodeScalars.count <= 2048 else {
        throw .badField(place, "An attribute mapping expression cannot exceed 2048 characters.")
      }
      _ = try parsed(text, as: key == "google.groups" ? .groups : .mapping, place)
    }
  }

  private static func parsed(
    _ text: String, as purpose: ClaimExpression.Purpose, _ place: String
  ) throws(APIError) -> ClaimExpression {
    do throws(ClaimExpression.Mistake) {
      return try ClaimExpression(parsing: text, as: purpose)
    } catch {
      throw .badField(
        place, "Invalid expression \"\(text.prefix(200))\": \(error.message)")
    }
  }

  /// Issuers whose tokens everyone can get. Google's refusal is reported for GitHub (metro-digital/terraform-google-cf-projectcfg
  /// 65); that it refuses the others too, and on an update, is assumed.
  private static let sharedIssuers: Set<String> = [
    "https://token.actions.githubusercontent.com", "https://gitlab.com", "https://app.terraform.io",
  ]

  private static func checkCondition(_ fields: JSONObject) throws(APIError) {
    let text = fields["attributeCondition"]?.string ?? ""
    guard text.unicodeScalars.count <= 4096 else {
      throw .badField(
        "attribute_condition", "The attribute condition cannot exceed 4096 characters.")
    }
    let condition =
      text.isEmpty ? nil : try parsed(text, as: .condition, "attribute_condition")
    var issuer = fields["oidc"]?["issuerUri"]?.string ?? ""
    if issuer.hasSuffix("/") { issuer.removeLast() }
    guard !sharedIssuers.contains(issuer) || condition?.usesClaims == true else {
      throw .invalid(
        "The attribute condition must reference one of the provider's claims. For more information, see "
          + "https://cloud.google.com/iam/docs/workload-identity-federation-with-deployment-pipelines#conditions"
      )
    }
  }

  // MARK: Types

  private static func checkOIDC(_ fields: JSONObject) throws(APIError) {
    let oidc = fields["oidc"]
    let issuer = oidc?["issuerUri"]?.string ?? ""
    guard issuer.hasPrefix("https://"), issuer.utf8.count > 8 else {
      throw .badField("oidc.issuer_uri", "The issuer URI must be an HTTPS endpoint.")
    }
    let audiences = oidc?["allowedAudiences"]?.array ?? []
    guard audiences.count <= 10,
      audiences.allSatisfy({ $0.string?.unicodeScalars.count ?? 0 <= 256 })
    else {
      throw .badField(
        "oidc.allowed_audiences",
        "At most 10 audiences of at most 256 characters can be configured.")
    }
    if let text = oidc?["jwksJson"]?.string {
      do throws(WebKey.Mistake) {
        _ = try WebKey.set(parsing: text)
      } catch {
        throw .badField("oidc.jwks_json", "Invalid JWKS: \(error.message).")
      }
    }
    if let uri = oidc?["discoveryUri"]?.string {
      let origin = { (text: String) in
        text.split(separator: "/", omittingEmptySubsequences: false).prefix(3)
      }
      guard origin(uri) == origin(issuer), uri.contains("/.well-known/"),
        uri.unicodeScalars.count <= 2000
      else {
        throw .badField(
          "oidc.discovery_uri",
          "The discovery URI must be on the issuer's host, contain /.well-known/ and have at most 2000 characters."
        )
      }
    }
  }

  private static func checkAWS(_ fields: JSONObject) throws(APIError) {
    guard fields["aws"]?["accountId"]?.string?.wholeMatch(of: /[0-9]{12}/) != nil else {
      throw .badField("aws.account_id", "The AWS account ID must have 12 digits.")
    }
  }

  private static func checkSAML(_ fields: JSONObject) throws(APIError) {
    let xml = fields["saml"]?["idpMetadataXml"]?.string ?? ""
    guard !xml.isEmpty, xml.unicodeScalars.count <= 128 << 10 else {
      throw .badField(
        "saml.idp_metadata_xml", "The metadata XML must have 1 to 131072 characters.")
    }
  }

  private static func checkX509(_ fields: JSONObject) throws(APIError) {
    guard fields["x509"]?["trustStore"]?["trustAnchors"]?.array?.isEmpty == false else {
      throw .badField("x509.trust_store", "The trust store needs at least one trust anchor.")
    }
  }
}
