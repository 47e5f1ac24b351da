/// What the plans of `PlanFixture` print as, to the byte.
enum GoldenPlans {
  /// `PlanFixture.page` on 160 columns, and in a pipe.
  static let page160 = #"""
      my-project-id
      + serviceAccount/uploader                                                 manifests/python.yaml:21
          displayName   PyPI uploader
      ~ repository/us-east4/my-python-libraries                                 manifests/python.yaml:13
          ~ cleanupPolicies["old"].condition.olderThan   30d -> 14d
          ~ labels.team   web -> platform
      ~ iam/repository/us-east4/my-python-libraries                             manifests/python.yaml:26
          ~ roles/artifactregistry.writer
              + serviceAccount:uploader@my-project-id.iam.gserviceaccount.com
          ~ roles/artifactregistry.reader   if "until-2027" (request.time < timestamp("2027-01-01T00:00:00Z"))
              - group:contractors@example.com
          not declared, left alone: user:ana@example.com, group:security@example.com
      x repository/us/maven-old   refused [AR0207]                              manifests/old.yaml:3
          ~ location   us -> europe-west1   cannot be changed in place; replacing would delete 312 GB
          to allow it: lifecycle.allowReplace: true here, and --allow-replace my-project-id/repository/us/maven-old

    warning[AR0311]: 2 live resources are undeclared
      repository/us-east4/tmp-joe      serviceAccount/test-sa
      to write it down: arctl get my-project-id/repository/us-east4/tmp-joe

    Plan: 1 to create, 2 to change, 0 to delete, 1 refused, 3 unchanged. IAM: +1 -1 members. 2 undeclared.
    Plan id 9c1f4e0b52d07a13      the rest: arctl plan --exclude my-project-id/repository/us/maven-old

    """#

  /// The same on 80 columns.
  static let page80 = #"""
      my-project-id
      + serviceAccount/uploader                             manifests/python.yaml:21
          displayName   PyPI uploader
      ~ repository/us-east4/my-python-libraries             manifests/python.yaml:13
          ~ cleanupPolicies["old"].condition.olderThan   30d -> 14d
          ~ labels.team   web -> platform
      ~ iam/repository/us-east4/my-python-libraries         manifests/python.yaml:26
          ~ roles/artifactregistry.writer
              + serviceAccount:uploader@my-project-id.iam.gserviceaccount.com
          ~ roles/artifactregistry.reader
              if "until-2027" (request.time < timestamp("2027-01-01T00:00:00Z"))
              - group:contractors@example.com
          not declared, left alone: user:ana@example.com, group:security@example.com
      x repository/us/maven-old   refused [AR0207]          manifests/old.yaml:3
          ~ location   us -> europe-west1
          [AR0207] cannot be changed in place; replacing would delete 312 GB
          to allow it: lifecycle.allowReplace: true here, and
                       --allow-replace my-project-id/repository/us/maven-old

    warning[AR0311]: 2 live resources are undeclared
      repository/us-east4/tmp-joe      serviceAccount/test-sa
      to write it down: arctl get my-project-id/repository/us-east4/tmp-joe

    Plan: 1 to create, 2 to change, 0 to delete, 1 refused, 3 unchanged. IAM: +1 -1
    members. 2 undeclared.
    Plan id 9c1f4e0b52d07a13
    the rest: arctl plan --exclude my-project-id/repository/us/maven-old

    """#

  /// `PlanFixture.corners` on 160 columns.
  static let corners160 = #"""
    Variables: env=prod, teams=[a, b]
    Selected: --target 'repository/**'

      my-project-id
      - repository/us-east4/gone                                                manifests/python.yaml:50
          note: was the old \u{1B}[31mmirror
      ~ repository/us-east4/long                                                manifests/python.yaml:90
          ~ description
               from   ...word word old
               to     ...word word new
          - labels.team   web
          ~ cleanupPolicyDryRun   false -> true
      ^ role/publisher   was deleted 3 days ago                                 manifests/python.yaml:60
      = serviceAccountKey/uploader/laptop   held elsewhere, not verified        manifests/python.yaml:70
          warning: is due for rotation on 2027-01-01
      = serviceAccount/left   absent; this document can be removed              manifests/python.yaml:75

      other
      ? repository/us/secret                                                    manifests/python.yaml:80
          GET repositories/secret: 403 PERMISSION_DENIED, artifactregistry.repositories.get is missing
      ? iam/repository/us/secret   blocked by repository/us/secret              manifests/python.yaml:85

    warning[AR0313]: not checked for undeclared resources
      repositories of other in us: 403 on the list

    warning[AR0315]: key `laptop` expires soon
      --> manifests/python.yaml:70
       = help: renew it

    Plan (partial plan: 7 of 41): 0 to create, 1 to change, 1 to delete, 1 to undelete, 2 unreadable or blocked, 2 unchanged.
    Plan id 9c1f4e0b52d07a13      the rest: arctl plan --target 'repository/**' --exclude other/repository/us/secret

    """#

  /// The same on 80 columns.
  static let corners80 = #"""
    Variables: env=prod, teams=[a, b]
    Selected: --target 'repository/**'

      my-project-id
      - repository/us-east4/gone                            manifests/python.yaml:50
          note: was the old \u{1B}[31mmirror
      ~ repository/us-east4/long                            manifests/python.yaml:90
          ~ description
               from   ...word word old
               to     ...word word new
          - labels.team   web
          ~ cleanupPolicyDryRun   false -> true
      ^ role/publisher   was deleted 3 days ago             manifests/python.yaml:60
      = serviceAccountKey/uploader/laptop   held elsewhere, not verified
          manifests/python.yaml:70
          warning: is due for rotation on 2027-01-01
      = serviceAccount/left   absent; this document can be removed
          manifests/python.yaml:75

      other
      ? repository/us/secret                                manifests/python.yaml:80
          GET repositories/secret: 403 PERMISSION_DENIED,
          artifactregistry.repositories.get is missing
      ? iam/repository/us/secret   blocked by repository/us/secret
          manifests/python.yaml:85

    warning[AR0313]: not checked for undeclared resources
      repositories of other in us: 403 on the list

    warning[AR0315]: key `laptop` expires soon
      --> manifests/python.yaml:70
       = help: renew it

    Plan (partial plan: 7 of 41): 0 to create, 1 to change, 1 to delete, 1 to
    undelete, 2 unreadable or blocked, 2 unchanged.
    Plan id 9c1f4e0b52d07a13
    the rest: arctl plan --target 'repository/**' --exclude other/repository/us/secret

    """#

  /// `PlanFixture.page` for a pull request.
  static let pageMarkdown = #"""
    ### arctl plan: refused

    Plan: 1 to create, 2 to change, 0 to delete, 1 refused, 3 unchanged. IAM: +1 -1 members. 2 undeclared. Plan id `9c1f4e0b52d07a13`.

    **Refused: repository/us/maven-old.**
    **Members removed: iam/repository/us-east4/my-python-libraries.**

    Look at these first:

    - `x` `repository/us/maven-old` refused: cannot be changed in place; replacing would delete 312 GB
    - `-` `iam/repository/us-east4/my-python-libraries` group:contractors\@example.com loses roles/artifactregistry.reader if "until-2027"

    Who can do what, that they could not before:

    - `serviceAccount:uploader@my-project-id.iam.gserviceaccount.com`: roles/artifactregistry.writer on repository/us-east4/my-python-libraries

    #### `my-project-id`

    | | what | address | where |
    |---|---|---|---|
    | `+` | create | `serviceAccount/uploader` | `manifests/python.yaml:21` |
    | `~` | change | `repository/us-east4/my-python-libraries` | `manifests/python.yaml:13` |
    | `~` | change | `iam/repository/us-east4/my-python-libraries` | `manifests/python.yaml:26` |
    | `x` | **refused** [AR0207] | `repository/us/maven-old` | `manifests/old.yaml:3` |

    <details><summary>Details</summary>

    ```diff
    + serviceAccount/uploader
          displayName   PyPI uploader
    ! repository/us-east4/my-python-libraries
    !     cleanupPolicies["old"].condition.olderThan   30d -> 14d
    !     labels.team   web -> platform
    ! iam/repository/us-east4/my-python-libraries
    !     roles/artifactregistry.writer
    +         serviceAccount:uploader@my-project-id.iam.gserviceaccount.com
    !     roles/artifactregistry.reader   if "until-2027" (request.time < timestamp("2027-01-01T00:00:00Z"))
    -         group:contractors@example.com
          not declared, left alone: user:ana@example.com, group:security@example.com
    ! repository/us/maven-old   refused [AR0207]
    !     location   us -> europe-west1   cannot be changed in place; replacing would delete 312 GB
          to allow it: lifecycle.allowReplace: true here, and --allow-replace my-project-id/repository/us/maven-old
    ```

    </details>

    2 live resources are undeclared:

    - `my-project-id/repository/us-east4/tmp-joe`
    - `my-project-id/serviceAccount/test-sa`

    To write it down: `arctl get my-project-id/repository/us-east4/tmp-joe`.

    """#
}
