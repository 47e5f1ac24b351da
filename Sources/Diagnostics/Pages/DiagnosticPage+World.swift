/// Reports of a plan; credentials, permissions and the network; keys.
extension DiagnosticPage {
  static let undeclaredResources = DiagnosticPage(
    "undeclared resources",
    meaning:
      "These repositories, accounts, keys or roles exist in the declared projects, but no manifest declares them. A plan looks "
      + "for repositories only in locations that a manifest names, `arctl drift` in all. arctl changes none of them.",
    example: .output(
      """
      warning[AR0311]: 2 live resources are undeclared
        repository/us-east4/tmp-joe      serviceAccount/test-sa
      """),
    remedy:
      "Declare them, delete them by hand, or list them as expected in the Stack: `scope: {ignore: [GLOB]}`. A document with "
      + "`origin: external` and `keyId` declares a key whose private half is held elsewhere."
  )

  static let undeclaredServices = DiagnosticPage(
    "undeclared services",
    meaning:
      "These services are enabled in the projects, and no manifest declares them. arctl changes none of them. It cannot know "
      + "which of them Google enabled because a declared service needs them: Google's API does not say so. Not counted are the "
      + "services that Google enables in new projects, by arctl's table of them, and the services that arctl itself calls.",
    example: .output(
      """
      warning[AR0318]: 2 services are enabled that no manifest declares
        my-project-id: compute.googleapis.com, oslogin.googleapis.com
        Google's default services of new projects (22, table of 2026-11-29) and the
        services that arctl calls are not counted
      """),
    remedy:
      "Add them to `services` of the Project, or to `absentServices` to disable them. If they are expected, list them in the "
      + "Stack: `scope: {ignore: [service/compute.googleapis.com]}`.")

  static let undeclaredMembers = DiagnosticPage(
    "undeclared members",
    meaning:
      "A member holds a role on a declared resource, but no manifest grants it. arctl does not change such grants. The most "
      + "dangerous come first and are always listed: public members such as `allUsers`, privileged roles, then single "
      + "persons. A custom role whose permissions arctl could not read counts as privileged. The grants of Google's own "
      + "accounts, its service agents and default accounts of the project, are one count for the whole plan, unless such an "
      + "account holds a privileged role that Google does not give it by itself.",
    example: .output(
      """
      warning[AR0312]: 1 member holds a role that no manifest grants, public
        p/iam/repository/us/libs   roles/artifactregistry.reader   allUsers
        public
      """),
    remedy:
      "Declare the grant, list the member under `absent`, or set `exclusive: true` on the entry. If the grant is expected, "
      + "list the member in the Stack's `scope.ignoreMembers`, add the address of the policy to `scope.ignore`, or accept it "
      + "for a time in the baseline of `arctl drift`. A scope never hides public and privileged grants."
  )

  static let baselineEntry = DiagnosticPage(
    "entry of a baseline",
    meaning:
      "An entry of the file of `arctl drift --baseline` no longer accepts anything: its time is over, and the undeclared thing "
      + "is reported again, or the run did not find that thing among the undeclared ones.",
    example: .output(
      """
      warning[AR0325]: the baseline accepted
        `p/iam/repository/us/libs role=roles/viewer member=allUsers` until
        2027-03-01: a public mirror for the conference
        --> baseline.yaml:4
      """),
    remedy:
      "Look at the thing again: declare it, remove it, or give the entry a later date. Remove entries that match nothing."
  )

  static let drifted = DiagnosticPage(
    "drift",
    meaning:
      "What lives differs from what this document declares, or does not exist. `arctl drift` writes this as an annotation in "
      + "GitHub Actions; its text, JSON and Markdown show the difference itself.",
    example: .output(
      "warning[AR0326]: `p/repository/us/libs` differs from its document: description"),
    remedy:
      "`arctl apply` restores what the document declares. To keep the difference, change the document."
  )

  static let grantEnds = DiagnosticPage(
    "declared grant ends soon",
    meaning:
      "The `until` of an entry is at most 30 days away. After it, Google does not apply the grant any more, and a plan removes "
      + "it. Only `arctl drift` reports this; it is one of the causes of `--fail-on expiring`.",
    example: .output(
      """
      warning[AR0327]: `roles/artifactregistry.reader` on `p/iam/repository/us/libs`
        ends on 2027-01-31 for `group:contractors@example.com`
      """),
    remedy: "To keep the grant, write a later `until`. Otherwise nothing is to be done."
  )

  static let alsoHeld = DiagnosticPage(
    "role also held under another condition",
    meaning:
      "A member with a declared grant holds the same role under another condition too, or without one. Google allows whatever "
      + "one of the bindings allows, so the member may have more access than the manifests state. A common cause is an "
      + "edited condition. `plan --detailed-exitcode` counts it as a difference. arctl removes the other grant only if a "
      + "manifest says so, or if it differs only in its `until`: then the new grant supersedes it.",
    example: .output(
      """
      = roles/artifactregistry.writer   if "office" (request.time.getHours() > 8)
          ! group:contractors@example.com   also holds it under condition
            "office" (request.time.getHours() > 6)
      """),
    remedy:
      "To remove the other grant, write an entry with the old condition and the member under `absent`, or `exclusive: role`. "
      + "To keep it, declare it.")

  static let notChecked = DiagnosticPage(
    "not checked for undeclared resources",
    meaning:
      "arctl could not read a list, so it read the declared resources one by one. The plan for them is complete, but "
      + "undeclared resources are not reported. `arctl ls` reports, as an error, a list that it could not read in full.",
    example: .output(
      """
      warning[AR0313]: not checked for undeclared resources
        repositories of my-project-id in us-east4: 403 on the list
      """),
    remedy: "Grant the caller the permission to list, if you need the report.")

  static let keyRotationDue = DiagnosticPage(
    "key due for rotation",
    meaning:
      "The key is older than its `rotateAfter`. The message says since when, and when the key expires. Or a key with `origin: "
      + "external` has expired, or its end is near: less than a third of its time is left, and at most 30 days; a note "
      + "reports one without an end that is older than the 90 days that Google recommends. An apply that can "
      + "see the key's destination rotates it, and shows no such warning; arctl never rotates a key that was made elsewhere.",
    example: .output(
      """
      warning[AR0315]: `my-project-id/serviceAccountKey/ci/key` is due for rotation
        since 2026-11-21
      """
    ),
    remedy:
      "Run `arctl apply` where the destination can be seen: on the machine that has the file, or with the token for the store. To make "
      + "a new key here, run `arctl keys rotate ADDRESS`. A key that was made elsewhere is replaced there: then write the id of "
      + "the new one as `keyId`."
  )

  static let noCredentials = DiagnosticPage(
    "no credentials",
    meaning:
      "arctl found no usable Google credential, or the server does not accept the credential. arctl sends nothing without one.",
    example: .output("error[AR0401]: no credentials were found"),
    remedy:
      "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS or ARCTL_ACCESS_TOKEN. To try "
      + "arctl without an account, use `--sandbox`.")

  static let permissionDenied = DiagnosticPage(
    "permission denied",
    meaning:
      "arctl could not read a declared resource, so it does not know whether the resource exists. It never treats an "
      + "unreadable resource as absent, and it writes nothing while the plan is incomplete. Or a test before the first write "
      + "showed that the caller lacks a permission that the plan needs. Where the test proves nothing, this is a warning.",
    example: .output("? repository/us/secret"),
    remedy:
      "The row or the table names the missing permission and a role that contains it. `--exclude ADDRESS` leaves the resource "
      + "out of this run. `arctl permissions apply` prints every permission that the manifests need."
  )

  static let notReachable = DiagnosticPage(
    "not reachable",
    meaning:
      "A server did not answer, its certificate is not trusted, or arctl must not send a credential to the given address, or "
      + "through a proxy on this machine.",
    example: .output("error[AR0404]: cannot start `arctl-sandbox`"),
    remedy:
      "Check the network, the proxy variables and `--ca-file`. If a proxy on this machine leads to Google, add "
      + "`--allow-local-proxy`. arctl looks for `arctl-sandbox` in its own folder and in PATH."
  )

  static let machineLimit = DiagnosticPage(
    "machine limit",
    meaning:
      "A limit of the shell, the user or the container leaves too few threads or open files or too little memory for a run, or "
      + "libcurl is not installed. arctl checks this first: nothing was sent and nothing was changed.",
    example: .output(
      """
      error[AR0409]: fewer than 24 more files can be open: `ulimit -n` is 17
        = help: raise the limit: ulimit -n 1024
      """),
    remedy:
      "Raise the limit that the message names: in the shell that starts arctl (`ulimit`), in the service's unit, or in the "
      + "container's settings. arctl raises the soft limit of open files up to the hard limit by itself, and uses fewer "
      + "connections if that is not enough. Where libcurl is missing, install the package that the message names."
  )

  static let mustExist = DiagnosticPage(
    "required resource does not exist",
    meaning:
      "A resource does not exist, and arctl does not create it: a reference gives the full name of an account, repository or "
      + "role that no manifest declares; the manifest says `lifecycle.create: false`; it declares a Project without "
      + "`parent`; or it declares a key with `origin: external`. Or an argument of `arctl ls` names a repository that does not exist.",
    example: .output(
      """
      x serviceAccount/ci-publishr   refused [AR0406]
          [AR0406] does not exist, and no manifest declares it
          what to do: did you mean `ci-publisher`? ...
      """),
    remedy:
      "Correct the name, create the resource or declare it. To let arctl create it, remove `create: false`, or add a `parent` "
      + "to a Project. To leave out the grants to an account, use the `--exclude` in the row. A project that the caller cannot "
      + "see looks the same as one that does not exist."
  )

  static let stale = DiagnosticPage(
    "stale plan",
    meaning:
      "The plan is not the one that `--expect` or `--plan` names: the manifests, the cloud, variables, selected addresses or "
      + "flags differ, or the saved file was edited or is of another plan. What a saved plan was made with counts unless an "
      + "option says something else; its flags count only with `--expect` too. A plan without operations has no id, so `--expect` never matches it. "
      + "Nothing was written. `arctl show` warns about an edited file.",
    example: .output(
      """
      error[AR0407]: the plan is now 5d1a0c77e2b94f08, not 9c1f4e0b52d07a13: nothing
                     was written
      """),
    remedy: "Plan again, review the new plan, and approve that one.")

  static let notConverged = DiagnosticPage(
    "not converged",
    meaning:
      "All writes succeeded, but the reads after them still show differences after a minute. Or Google refused a part of a "
      + "policy, and arctl wrote the rest.",
    example: .output("error[AR0408]: the cloud does not show everything that was written"),
    remedy:
      "Correct the refused part, or leave it out. If nothing was refused, run apply again, which is always safe. If the "
      + "differences remain, another process writes the same fields."
  )

  static let keyDestination = DiagnosticPage(
    "unusable key destination",
    meaning:
      "arctl cannot store the private half. A file: the folder is not private or has no space, another file exists at the path, or "
      + "the user has no home folder; with `--reissue` or in `drift`, also because CI is set and the runner would lose the file. A secret: "
      + "it does not exist, it holds a value that arctl did not write, or there is no token for GitHub.",
    example: .output("x serviceAccountKey/uploader/uploader-key   refused [AR0501]"),
    remedy:
      "The row says what to do. Use a folder with `--key-dir DIR`, declare the secret, write over a foreign value with `arctl keys rotate "
      + "ADDRESS`, or leave the key out of this run with `--exclude ADDRESS`."
  )

  static let keyDuplicate = DiagnosticPage(
    "two keys for one declaration",
    meaning:
      "More than one live key carries the mark of this declaration. arctl does not guess which of them is in use.",
    example: .output("x serviceAccountKey/uploader/uploader-key   refused [AR0502]"),
    remedy:
      "Find out which key is in use, and revoke the other one with the command in the message.")

  static let keyOrphan = DiagnosticPage(
    "key without a private half",
    meaning:
      "A run was interrupted after it asked Google for a key and before it stored the private half. The keys in the message "
      + "appeared since then, and no file on this machine holds them. apply asks for another key only a minute after the "
      + "first request, because Google's lists show new keys late. Or the plan deletes a key that Google made, and no file on "
      + "this machine identifies it among the account's live keys.",
    example: .output("x serviceAccountKey/uploader/uploader-key   refused [AR0503]"),
    remedy:
      "If no other person or program created the key, revoke it with the command in the message, and apply again. If the key "
      + "belongs to another user, remove the file `.NAME.intent` beside the destination. Delete a key on the machine that has "
      + "its file, with `origin` and `destination` in the document; if the key is already deleted, remove its document."
  )

  static let revokedMembers = DiagnosticPage(
    "revoked members",
    meaning:
      "How far a member of `revoked` is gone. A member that is in no policy was removed earlier, or is misspelt. Policies "
      + "that could not be read, and those of undeclared resources, may still name it: then this is a warning.",
    example: .output(
      """
      note[AR0317]: revoked `user:ana@example.com` is in none of the policies that
                    were read (31)
        --> manifests/stack.yaml:7
      """),
    remedy:
      "Check the spelling if the member is in none. Declare the resources that are not read, or look at their policies in "
      + "another way, before you take the removal for complete.")

  static let keySuperseded = DiagnosticPage(
    "replaced key still live",
    meaning:
      "A key was replaced, and the old one still exists, so that its users have time to switch. The note says from which days on "
      + "an apply disables it and deletes it, and where a copy of its file is. On a machine without the file, as in CI, it is a warning "
      + "that names all keys, and the row says `held elsewhere`; the same if Google does not say how old the keys are. The exit code "
      + "stays the same.",
    example: .output(
      """
      note[AR0504]: `my-project-id/serviceAccountKey/ci/key`: key 157a89e2 is
            replaced by 3c0f66aa since 2026-11-21; it is disabled from 2026-11-22
            and deleted from 2026-11-23 on
      """
    ),
    remedy:
      "Give the new key to whoever uses the old one, and apply again after the days in the note. If nobody rotated the key, another "
      + "user or program created the second one: revoke it with `arctl keys revoke ACCOUNT/KEYID`."
  )

  static let keyMismatch = DiagnosticPage(
    "key and file do not match",
    meaning:
      "The file at the destination contains the key of another account, project or server (see its `token_uri`), a disabled "
      + "key, or a key that does not match the pinned `fingerprint`. arctl never replaces such a file.",
    example: .output("x serviceAccountKey/uploader/uploader-key   refused [AR0505]"),
    remedy:
      "The row says which of these applies. Move the file away or use another folder with `--key-dir DIR`, enable or revoke the "
      + "key, or correct the fingerprint."
  )

  static let keyForbidden = DiagnosticPage(
    "new keys are forbidden",
    meaning:
      "An organisation policy forbids new keys of service accounts in the project: the message names its constraint. "
      + "Organisations created since May 2024 have such policies by default. arctl sees them before it applies only if it "
      + "may read them (`orgpolicy.policy.get`); otherwise Google refuses the key, with the same advice.",
    example: .output("x serviceAccountKey/uploader/uploader-key   refused [AR0506]"),
    remedy:
      "Work without a key: impersonate the account, or use workload identity federation in a CI system. An administrator of the "
      + "organisation can except the project from the policy."
  )

  static let keyNotRevoked = DiagnosticPage(
    "key not revoked",
    meaning:
      "`arctl keys revoke` did not take the key out of use: the account has no such key, Google manages it, or the call was "
      + "refused or got no answer.",
    example: .output("error[AR0507]: key 9f3c...7869 is not revoked: ..."),
    remedy:
      "Compare the account and the id with the members `client_email` and `private_key_id` of the leaked file. To stop "
      + "everything that signs in as the account, disable it: `disabled: true`."
  )
}
