/// What CI systems run without a key, by workload identity federation (docs/keyless.md has the sources).
enum FederatedTools {
  /// Signs in at Google. The file of credentials, which other steps could copy into a package or an image, is not made.
  private static let signIn = """
          - id: auth
            uses: google-github-actions/auth@v3
            with:
              project_id: @PROJECT@
              workload_identity_provider: @PROVIDER@
              @SERVICE_ACCOUNT@
              @TOKEN_FORMAT@
              @AUDIENCE_INPUT@
              create_credentials_file: false
    """

  private static func workflow(_ name: String, on event: String, _ steps: String) -> String {
    """
    name: \(name)
    on:
      \(event)
    permissions:
      contents: read
    jobs:
      \(name):
        runs-on: ubuntu-latest
        permissions:
          contents: read
          id-token: write
        steps:
          - uses: actions/checkout@v4
    \(steps)
    """
  }

  private static let onTag = "push:\n    tags: [\"v*\"]"

  /// The workflow signs in right before it publishes, since the token of a direct grant lives for minutes.
  static let githubPython: [SettingsPart] = [
    .file(
      ".github/workflows/publish.yml", for: .publish, by: [.federation],
      workflow(
        "publish", on: onTag,
        """
              - uses: actions/setup-python@v5
                with: {python-version: "3.x"}
              - run: pip install build twine
              - run: python -m build
        \(signIn)
              - run: twine upload --non-interactive dist/*
                env:
                  TWINE_REPOSITORY_URL: @SCHEME@://@PUBLISH@
                  TWINE_USERNAME: oauth2accesstoken
                  TWINE_PASSWORD: ${{ steps.auth.outputs.@TOKEN@ }}
        """)),
    .file(
      ".github/workflows/install.yml", for: .install, by: [.federation],
      workflow(
        "install", on: "push:",
        """
              - uses: actions/setup-python@v5
                with: {python-version: "3.x"}
        \(signIn)
              - run: pip install -r requirements.txt
                env:
                  PIP_INDEX_URL: @SCHEME@://oauth2accesstoken:${{ steps.auth.outputs.@TOKEN@ }}@@INSTALL@simple/
        """)),
    .note(
      for: .publish, by: [.federation],
      "To publish with uv, set UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD in place of the variables of twine, and run "
        + "`uv build && uv publish --trusted-publishing never --publish-url @SCHEME@://@PUBLISH@`"),
    .note(
      for: .install, by: [.federation],
      "To install with uv, set UV_INDEX_@ENV@_USERNAME and UV_INDEX_@ENV@_PASSWORD in place of PIP_INDEX_URL, with the "
        + "index in pyproject.toml as `--tool uv` prints it."),
  ]

  static let githubImages: [SettingsPart] = [
    .file(
      ".github/workflows/publish.yml", for: .publish, by: [.federation],
      workflow(
        "publish", on: onTag,
        """
        \(signIn)
        \(login)
              - run: docker build --tag "@PUBLISH_IMAGES@/IMAGE:$GITHUB_REF_NAME" .
              - run: docker push "@PUBLISH_IMAGES@/IMAGE:$GITHUB_REF_NAME"
        """)),
    .file(
      ".github/workflows/install.yml", for: .install, by: [.federation],
      workflow(
        "install", on: "push:",
        """
        \(signIn)
        \(login)
              - run: docker pull @IMAGES@/IMAGE:TAG
        """)),
  ]

  private static let login = """
          - uses: docker/login-action@v3
            with:
              registry: @HOST@
              username: oauth2accesstoken
              password: ${{ steps.auth.outputs.@TOKEN@ }}
    """

  /// GitLab has the token in a variable; Google's libraries read it from a file. `keyring` then answers pip and twine.
  static let gitlabPython: [SettingsPart] = [
    .file(
      ".gitlab-ci.yml", by: [.federation],
      """
      .google:
        image: python:3
        id_tokens:
          GOOGLE_ID_TOKEN:
            aud: @AUDIENCE@
        before_script:
          - folder="$(mktemp -d)"
          - printf '%s' "$GOOGLE_ID_TOKEN" > "$folder/token"
          - |
            cat > "$folder/credentials.json" <<EOF
            @JOB_CREDENTIALS@
            EOF
          - export GOOGLE_APPLICATION_CREDENTIALS="$folder/credentials.json"
          - pip install keyring keyrings.google-artifactregistry-auth
      """),
    .file(
      ".gitlab-ci.yml", for: .publish, by: [.federation],
      """
      publish:
        extends: .google
        rules:
          - if: $CI_COMMIT_TAG
        variables:
          TWINE_REPOSITORY_URL: @SCHEME@://@PUBLISH@
          TWINE_USERNAME: oauth2accesstoken
        script:
          - pip install build twine
          - python -m build
          - twine upload --non-interactive dist/*
      """),
    .file(
      ".gitlab-ci.yml", for: .install, by: [.federation],
      """
      install:
        extends: .google
        script:
          - pip install --keyring-provider import --index-url @SCHEME@://@INSTALL@simple/ -r requirements.txt
      """),
    .note(
      for: .publish, by: [.federation],
      "To publish with uv: `uv publish --keyring-provider subprocess --username oauth2accesstoken --publish-url "
        + "@SCHEME@://@PUBLISH@`"),
    .note(
      for: .install, by: [.federation],
      "To install with uv, set UV_KEYRING_PROVIDER=subprocess and UV_INDEX_@ENV@_USERNAME=oauth2accesstoken, with the index "
        + "in pyproject.toml as `--tool uv` prints it."),
  ]

  /// Any program with one of Google's libraries, for any repository. Its text depends on the options, so it is not a
  /// template (`CredentialConfiguration`).
  static let credentialConfig = ClientTool(
    "credential-config", "a file by which programs sign in without a key", formats: [],
    methods: [.federation], [])
}
