import Grammar
import Model

/// The fields of a pool: iam v1 `WorkloadIdentityPool`, discovery revision 20261023.
enum PoolFields {
  /// The mode of a pool that does not name one.
  static let federation = "FEDERATION_ONLY"

  static let modes = Enumeration(
    [federation, "TRUST_DOMAIN", "SYSTEM_TRUST_DOMAIN"], unspecified: "MODE_UNSPECIFIED")

  static let all =
    [SharedFields.project] + FederationFields.texts("pool") + [
      Field(
        "disabled", .boolean, default: false,
        "Whether the pool is disabled. Then no token is exchanged, and tokens that were issued before give no access "
          + "until it is enabled again."),
      Field(
        "mode", .enumeration(modes), [.immutable], default: .string(federation),
        "`federation_only` is for identities of other systems; `trust_domain` gives identities to workloads at Google; "
          + "`system_trust_domain` is for Google's own pools."),
      Field(
        "inlineCertificateIssuanceConfig", .object(issuance),
        "For a trust domain: how certificates of its workloads are issued."),
      Field(
        "inlineTrustConfig", .object(trust),
        "For a trust domain: which other trust domains it trusts."),
      SharedFields.iam,
    ]
    + FederationFields.observed("pool", "projects/NUMBER/locations/global/workloadIdentityPools/ID")

  private static let issuance = [
    Field(
      "caPools", .map(.string(), idField: nil),
      "The CA pool for each region: `us-east4: projects/P/locations/us-east4/caPools/ID`; an exact set."
    ),
    Field(
      "useDefaultSharedCa", .boolean, default: false,
      "Whether Google's own CA issues the certificates, in place of `caPools`."),
    Field(
      "lifetime", .duration, default: "86400s",
      "How long a certificate is valid: from `24h` to `30d`."),
    Field(
      "rotationWindowPercentage", .integer(50...80), default: 50,
      "The percentage of the remaining lifetime at which a certificate is renewed, from 50 to 80."),
    Field(
      "keyAlgorithm",
      .enumeration(
        Enumeration(
          ["RSA_2048", "RSA_3072", "RSA_4096", "ECDSA_P256", "ECDSA_P384"],
          unspecified: "KEY_ALGORITHM_UNSPECIFIED")), default: "ECDSA_P256",
      "The algorithm of the certificates' keys."),
  ]

  private static let trust = [
    Field(
      "additionalTrustBundles", .map(.object(FederationFields.trustStore), idField: nil),
      "The certificates to trust, by trust domain; an exact set of at most 10.")
  ]
}
