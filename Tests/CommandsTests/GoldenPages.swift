/// What `arctl explain` prints in a pipe, to the byte.
enum GoldenPages {
  static let binding = #"""
    IAMBinding
    Members with one role on one project, repository or service account.

    Document with the required fields:
      apiVersion: arctl.dev/v1
      kind: IAMBinding
      metadata: {name: NAME}
      spec:
        resource: RESOURCE
        role: ROLE

    Example:
      apiVersion: arctl.dev/v1
      kind: IAMBinding
      metadata: {name: auditors-list}
      spec:
        resource: repository/python-libraries
        role: packageLister
        members: [group:auditors@example.com, "user:ana@example.com"]
        condition:
          title: until the audit ends
          expression: request.time < timestamp("2030-01-01T00:00:00Z")

    Fields of spec:
      project   project id, fixed once created
          The project that it belongs to. Taken from the Stack's defaults if it is
          not written.
      resource   reference to a resource, required
          The resource of the grant: `project`, `repository/ID`,
          `serviceAccount/ID`, or a full Google name.
      role   role, required
          The role: `roles/artifactregistry.reader`, a full custom role name, or the
          short name of a Role of the set.
      members   set of members
          Who holds the role: `user:`, `group:`, `serviceAccount:`, `domain:` or
          `principal://` members. Members that others granted stay, unless the entry
          is `exclusive`.
      absent   set of members
          Who must not hold the role under this condition.
      condition   map
          When the grant holds. A role with another condition is another binding;
          white space makes no difference. Fields: title, description, expression.
      until   text
          The day or instant when the grant ends, in place of a condition; once
          past, the entry plans the removal; after that, the plan says that you can
          remove the entry.
      exclusive   true, false or role
          With `true`, only `members` may hold the role under this condition; any
          other member is removed. With `role`, only the declared members may hold
          the role on this policy, under any condition.

    `arctl explain IAMBinding.FIELD` describes a field, `arctl explain document` the
    keys beside `spec`.

    """#

  static let condition = #"""
    Repository.cleanupPolicies.condition
    map

    Which versions match; all conditions must be met.

    Fields:
      tagState   one of 3 values, default any
          Whether versions with a tag, without one, or both match. Values: tagged,
          untagged, any.
      tagPrefixes   set of texts
          Versions with a tag that begins with one of these; needs `tagState:
          tagged`.
      versionNamePrefixes   set of texts
          Versions whose name begins with one of these.
      packageNamePrefixes   set of texts
          Versions of packages whose name begins with one of these.
      olderThan   duration (30d, 12h)
          Versions older than this: `30d`.
      newerThan   duration (30d, 12h)
          Versions newer than this: `7d`.

    """#

  static let format = #"""
    Repository.format
    one of 12 values, required, fixed once created

    The format of its packages.

    Values:
      docker, maven, npm, apt, yum, googet, python, kfp, go, generic, ruby, conda

    """#

  static let unquoted = #"""
    AR0133: unquoted variable
    Inside `{}` or `[]`, YAML interprets the braces of `${name}` as a map.

    Example:
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: greetings}
      spec:
        defaults: {project: my-project-id, location: us-east4}
        variables: {env: {default: dev}}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: libs}
      spec: {format: python, description: ${env}}

    What to do:
      Quote the value: `"${env}"`.

    """#
}
