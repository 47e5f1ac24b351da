import Grammar
import Model

/// The fields of a provider: iam v1 `WorkloadIdentityPoolProvider`, discovery revision 20261023.
enum ProviderFields {
  /// The fields of which a provider has exactly one; its type never changes.
  static let types = ["oidc", "aws", "saml", "x509"]

  static let all =
    [SharedFields.project, pool, GitHubBlock.field] + FederationFields.texts("provider") + [
      Field(
        "disabled", .boolean, default: false,
        "Whether the provider is disabled. Then no token is exchanged; tokens that were issued before keep their access until "
          + "they expire."),
      Field(
        "attributeMapping", .map(.string(), idField: nil),
        "How claims of a token become attributes, each an expression in the Common Expression Language; an exact set: "
          + "`google.subject: assertion.sub`, `attribute.repository_id: assertion.repository_id`. Grants name these attributes."
      ),
      Field(
        "attributeCondition", .string(FederationFields.characters(4096)),
        "Which tokens are accepted, in the Common Expression Language: `assertion.repository_owner_id == '123'`. Required "
          + "for an issuer that everyone can use."),
      Field("oidc", .object(oidc), "An OpenID Connect issuer, such as GitHub Actions."),
      Field("aws", .object(aws), "An account of Amazon Web Services."),
      Field("saml", .object(saml), "A SAML 2.0 identity provider."),
      Field("x509", .object(x509), "A certificate authority."),
      Field(
        "actorProviders", .list(.string(actor), .set),
        "Providers of the same pool whose identities may act for those of this one; full names, at most 3."
      ),
    ]
    + FederationFields.observed(
      "provider", "projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID")

  private static let pool = Field(
    "pool", .string(StringRule(reference: .kind(.workloadIdentityPool))),
    [.required, .immutable, .manifestOnly],
    "The pool that it belongs to: a pool of the set or a full name, "
      + "`projects/P/locations/global/workloadIdentityPools/ID`.")

  private static let oidc = [
    Field(
      "issuerUri", .string(StringRules.httpsURI), [.required],
      "The issuer, exactly as the claim `iss` of its tokens: `https://token.actions.githubusercontent.com`."
    ),
    Field(
      "allowedAudiences", .list(.string(FederationFields.characters(256)), .set),
      "The audiences that a token may have, at most 10. If not set: the full name of the provider, with or without `https:`."
    ),
    Field(
      "jwksJson", .string(StringRule(equality: .json, check: WebKeySet.problem)),
      "The issuer's public keys as JSON text, for an issuer that Google cannot reach: `{\"keys\": [...]}`. Compared as JSON."
    ),
    Field(
      "discoveryUri", .string(StringRules.httpsURI),
      "Where the issuer's discovery document is, if not at `/.well-known/openid-configuration` below the issuer."
    ),
  ]

  private static let aws = [
    Field(
      "accountId",
      .string(
        StringRule { text in
          text.utf8.count == 12 && text.utf8.allSatisfy(NameRules.isDigit)
            ? nil : "must be an AWS account id: 12 digits"
        }), [.required], "The id of the AWS account.")
  ]

  private static let saml = [
    Field(
      "idpMetadataXml",
      .string(
        StringRule(equality: .trimmed) { text in
          text.unicodeScalars.count <= 128 << 10 ? nil : "must have at most 131072 characters"
        }), [.required], "The metadata of the SAML identity provider, as XML text.")
  ]

  private static let x509 = [
    Field(
      "trustStore", .object(FederationFields.trustStore), [.required],
      "The certificates that clients' certificates must descend from.")
  ]

  private static let actor = StringRule { text in
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isName =
      StringRules.matches(
        text, ["projects", "locations", "workloadIdentityPools", "providers"])
      && parts[3] == "global"
    return isName
      ? nil : "must be `projects/P/locations/global/workloadIdentityPools/POOL/providers/ID`"
  }
}
