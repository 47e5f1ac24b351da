import Diagnostics
import SandboxWire

/// What a user sees when the sandbox has started: lines to paste that direct clients to it.
///
/// These lines begin at the left edge, because Python accepts no others. Everything else is a comment in both the shell
/// and Python, so that it does no harm if it is pasted too.
struct StartMessage {
  let baseURL: String
  let ownerFile: String
  /// For a shell whose tools reach the sandbox under Google's host names; nil if it does not answer for them.
  var shellSettings: String?

  var text: String {
    guard let shellSettings else { return ownAddress }
    return """
      # Artifact Registry, IAM, Resource Manager and Service Usage are served until
      # Ctrl-C under Google's own host names, in a shell with these settings, which
      # are also in \(ShellSettings.file) of the data folder. The state stays. What was asked:
      curl \(baseURL)/_sandbox/journal

      \(shellSettings)

      """
  }

  private var ownAddress: String {
    """
    # Artifact Registry, IAM, Resource Manager and Service Usage are served on
    # \(baseURL) until Ctrl-C; the state stays. What was asked:
    curl \(baseURL)/_sandbox/journal

    # gcloud and the client libraries of Google, as the owner of every project:
    export GOOGLE_APPLICATION_CREDENTIALS=\(shellQuoted(ownerFile))
    export CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=\(shellQuoted(ownerFile))
    export CLOUDSDK_AUTH_TOKEN_HOST=\(baseURL)/token
    \(overrides)

    # The Python clients of Google, with that credential; google.cloud over REST:
    options = {"api_endpoint": "\(baseURL)"}
    from googleapiclient.discovery import build
    iam = build("iam", "v1", client_options=options)
    from google.cloud.artifactregistry_v1 import ArtifactRegistryClient
    registry = ArtifactRegistryClient(transport="rest", client_options=options)

    # twine and pip, with the key file KEY of an account and a Python repository:
    index=\(baseURL.replacing("http://", with: ""))/LOCATION-python.pkg.dev/PROJECT/REPOSITORY
    export TWINE_USERNAME=_json_key_base64 TWINE_PASSWORD="$(base64 -w0 KEY)"
    twine upload --repository-url http://$index/ dist/*
    pip install -i http://$TWINE_USERNAME:$TWINE_PASSWORD@$index/simple/ PACKAGE


    """
  }

  /// gcloud's settings name an API by the first part of its host.
  private var overrides: String {
    API.allCases.filter { $0 != .tokens && $0 != .sandbox }.map {
      let name = $0.service.prefix { $0 != "." }.uppercased()
      return "export CLOUDSDK_API_ENDPOINT_OVERRIDES_\(name)=\(baseURL)/"
    }.joined(separator: "\n")
  }
}
