/// What a plan reports, what the world answers, and keys.
extension DiagnosticPage {
  static let undeclaredResources = DiagnosticPage(
    "live and in no manifest",
    "These repositories, accounts, keys or roles live in the declared projects, and no manifest names them. Repositories "
      + "are looked for only in the locations that a manifest names. All of them are left alone.",
    .output(
      """
      warning[AR0311]: 2 live resources are in no manifest
        repository/us-east4/tmp-joe      serviceAccount/test-sa
      """),
    remedy:
      "Declare them, delete them by hand, or say in the Stack that they are expected: `scope: {ignore: [GLOB]}`."
  )

  static let undeclaredMembers = DiagnosticPage(
    "member that no manifest gives",
    "Somebody holds a role on a declared resource, and no manifest says so. Such grants are left alone.",
    .output("warning[AR0312]: 3 members hold a role that no manifest gives"),
    remedy:
      "Declare the grant, list the member under `absent`, or set `exclusive: true` on the entry. Where it is expected, "
      + "`scope.ignore` in the Stack takes the address of the policy.")

  static let alsoHeld = DiagnosticPage(
    "role held under another condition too",
    "A member that a manifest gives a role holds the same role under another condition, or without one. Google allows what "
      + "any of its bindings allows, so the member may do more than the manifests say. This is often left over from an "
      + "edited condition. It counts as a difference for `plan --detailed-exitcode`; arctl removes it only where a manifest "
      + "says so, but for a grant with another `until`, which is superseded.",
    .output(
      """
      = roles/artifactregistry.writer   if "office" (request.time.getHours() > 8)
          ! group:contractors@example.com   also holds it under condition
            "office" (request.time.getHours() > 6)
      """),
    remedy:
      "To take it away, write an entry with the old condition and the member under `absent`, or `exclusive: role`. To keep "
      + "it, declare it.")

  static let notChecked = DiagnosticPage(
    "not checked for undeclared things",
    "A list could not be read, so arctl read the declared things one by one. The plan for them is complete; what else there "
      + "may be is not known.",
    .output(
      """
      warning[AR0313]: not checked for undeclared things
        repositories of my-project-id in us-east4: 403 on the list
      """),
    remedy: "Give the caller the permission to list, if the report matters to you.")

  static let keyRotationDue = DiagnosticPage(
    "key due for rotation",
    "The key is older than its `rotateAfter`: the message says since when, and when the key expires. This version of arctl "
      + "does not rotate by itself.",
    .output(
      """
      warning[AR0315]: `my-project-id/serviceAccountKey/ci/key` is due for rotation
        since 2026-11-21
      """
    ),
    remedy: "`arctl apply --reissue ADDRESS` makes a new key.")

  static let noCredentials = DiagnosticPage(
    "no credentials",
    "No usable Google credential was found, or the one that was found is not accepted. Nothing was sent without one.",
    .output("error[AR0401]: no credentials were found"),
    remedy:
      "Run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS or ARCTL_ACCESS_TOKEN. To try "
      + "arctl with no account: `--sandbox`.")

  static let permissionDenied = DiagnosticPage(
    "permission denied",
    "Something that the manifests declare could not be read, so it is not known whether it is there. What is unreadable is "
      + "never taken for absent, and nothing is written while the plan is incomplete.",
    .output("? repository/us/secret"),
    remedy:
      "The row names the permission and a role that has it. `--exclude ADDRESS` leaves the resource out of this run."
  )

  static let notReachable = DiagnosticPage(
    "not reachable",
    "A server did not answer, its certificate is not trusted, or an address was given that no credential may be sent to.",
    .output("error[AR0404]: cannot start `arctl-sandbox`"),
    remedy:
      "Look at the network, the proxy variables and `--ca-file`. The sandbox is looked for beside arctl and in PATH."
  )

  static let machineLimit = DiagnosticPage(
    "limit of the machine",
    "A limit of the shell, of the user or of the container leaves too few threads, open files or too little memory for a "
      + "run. It is looked at before anything begins: nothing was sent and nothing was changed.",
    .output(
      """
      error[AR0409]: fewer than 24 more files can be open: `ulimit -n` is 17
        = help: raise the limit: ulimit -n 1024
      """),
    remedy:
      "Raise the limit that the message names, in the shell that starts arctl (`ulimit`), in the service's unit, or in "
      + "the container's settings. arctl raises the soft limit of open files by itself as far as the hard one allows, and "
      + "makes fewer connections at a time where that is little."
  )

  static let mustExist = DiagnosticPage(
    "must exist and does not",
    "Something is not there that arctl does not create: a reference gives the full name of an account, repository or role "
      + "that no manifest declares; the manifest says `lifecycle.create: false`; or it declares a Project without `parent`.",
    .output(
      """
      x serviceAccount/ci-publishr   refused [AR0406]
          [AR0406] does not exist, and no manifest declares it
          what to do: did you mean `ci-publisher`? ...
      """),
    remedy:
      "Correct its name, create it, declare it, or let arctl create it: without `create: false`, for a project with a "
      + "`parent`. To leave out the grants that name an account, give the `--exclude` that the row prints. A project that the caller may not see looks the same."
  )

  static let stale = DiagnosticPage(
    "the plan is stale",
    "`--expect` or `--plan` names a plan, and what would be done now is something else: the manifests, the cloud, variables, "
      + "selected addresses or flags are others, or the file was edited. A plan with nothing to carry out has no id, so it "
      + "is never the expected one. Nothing was written. `show` warns of an edited file.",
    .output(
      """
      error[AR0407]: the plan is now 5d1a0c77e2b94f08, not 9c1f4e0b52d07a13: nothing
                     was written
      """),
    remedy: "Plan again, read it, and approve that one.")

  static let notConverged = DiagnosticPage(
    "not all is to be seen yet",
    "Every write was answered well, and the read after it, repeated for a minute, still shows differences. Or Google refused "
      + "a part of a policy, and the rest of it was written.",
    .output("error[AR0408]: the cloud does not show everything that was written"),
    remedy:
      "Correct what was refused, or leave it out. Where nothing was, run apply again, which is always safe. If it stays so, another "
      + "process writes the same fields."
  )

  static let keyDestination = DiagnosticPage(
    "destination of a key",
    "The key's file cannot be used: its place is no private folder or has no room, another file is there, CI is set and the "
      + "file would die with the runner, or the user has no home folder to keep it in.",
    .output("x serviceAccountKey/uploader/uploader-key   refused [AR0501]"),
    remedy:
      "The row says what helps. Give a folder with `--key-dir DIR`, or leave the key out of this run with `--exclude ADDRESS`."
  )

  static let keyDuplicate = DiagnosticPage(
    "two keys claim one name",
    "More than one live key carries the mark of this declaration. arctl made one of them; it does not guess which one is in "
      + "use.",
    .output("x serviceAccountKey/uploader/uploader-key   refused [AR0502]"),
    remedy: "Find out which one is used, and revoke the other with the command that is shown.")

  static let keyOrphan = DiagnosticPage(
    "key without a private half",
    "A run was interrupted when Google had been asked for a key, and before its private half was stored. The keys that are "
      + "shown came to light since then, and no file here holds them. Before a key is asked for again, apply waits until a "
      + "minute after the first time: Google's lists are slow to show new keys. Or a key that Google made is to be deleted, "
      + "and no file here tells which of the account's live keys it is.",
    .output("x serviceAccountKey/uploader/uploader-key   refused [AR0503]"),
    remedy:
      "Where nobody else made it, revoke it with the command that is shown, and apply again. Where it is somebody else's, "
      + "remove the file `.NAME.intent` beside the destination. Deleting works where the file is, with `origin` and "
      + "`destination` written; if the key is gone already, remove its document.")

  static let keySuperseded = DiagnosticPage(
    "replaced key is still live",
    "More than one live key belongs to this declaration, and nothing says that one of them is a mistake: `--reissue` made "
      + "a new key and left the old one live, so that its users have time to change over. Where the file of the new key is "
      + "here, the message names the old key and the file that is kept of it. Where no file is here, as in CI, it names "
      + "all of them, and the row says `held elsewhere`. It is a warning: plan and apply go on, and exit as without it.",
    .output(
      """
      warning[AR0504]: `my-project-id/serviceAccountKey/ci/key`: key 157a89e2 is
               replaced by 3c0f66aa since 2026-11-21, and still live
      """
    ),
    remedy:
      "Distribute the new file. Once nothing uses the old key any more, revoke it with the command that is shown; the next "
      + "apply then removes its kept file. If no `--reissue` explains the second key, somebody else made it: revoke it."
  )

  static let keyMismatch = DiagnosticPage(
    "key and file do not match",
    "The file at the destination holds the key of another account or project, or of another server (its `token_uri` says "
      + "which), a disabled key, or one that the pinned `fingerprint` excludes. Such a file is never replaced.",
    .output("x serviceAccountKey/uploader/uploader-key   refused [AR0505]"),
    remedy:
      "The row says which. Move the file away or name another folder with `--key-dir DIR`, enable or revoke the key, or "
      + "correct the fingerprint."
  )
}
