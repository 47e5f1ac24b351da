/// CI systems and managed environments (docs/settings.md has the sources).
enum AutomationTools {
  static let all = [
    githubActions, githubImages, gitlabCI, cloudBuild, composer, FederatedTools.credentialConfig,
  ]

  /// `github-publishing` in the examples declares what this needs.
  private static let githubActions = ClientTool(
    "github-actions", "a workflow that publishes a package", formats: ["PYTHON"],
    methods: [.key, .federation],
    [
      .file(
        ".github/workflows/publish.yml", for: .publish, by: [.key],
        """
        name: publish
        on:
          push:
            tags: ["v*"]
        permissions:
          contents: read
        jobs:
          publish:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - uses: actions/setup-python@v5
                with: {python-version: "3.x"}
              - run: pip install build twine
              - run: python -m build
              - run: twine upload --non-interactive dist/*
                env:
                  TWINE_REPOSITORY_URL: @SCHEME@://@PUBLISH@
                  TWINE_USERNAME: _json_key_base64
                  TWINE_PASSWORD: ${{ secrets.@SECRET@ }}
        """),
      .commands(for: .publish, by: [.key], "base64 -w0 @KEY_FILE@ | gh secret set @SECRET@")
        .unlessStored,
      .note(
        for: .install, by: [.key],
        "To install in a workflow, set PIP_INDEX_URL in `env` to `@SCHEME@://_json_key_base64:${{ secrets.@SECRET@ }}@@INSTALL@simple/`"
      ),
    ] + FederatedTools.githubPython)

  private static let githubImages = ClientTool(
    "github-actions", "a workflow that pushes an image", formats: ["DOCKER"],
    methods: [.federation], FederatedTools.githubImages)

  private static let gitlabCI = ClientTool(
    "gitlab-ci", "a pipeline that publishes a package", formats: ["PYTHON"],
    methods: [.key, .federation],
    [
      .file(
        ".gitlab-ci.yml", for: .publish, by: [.key],
        """
        publish:
          image: python:3
          rules:
            - if: $CI_COMMIT_TAG
          variables:
            TWINE_REPOSITORY_URL: @SCHEME@://@PUBLISH@
            TWINE_USERNAME: _json_key_base64
          script:
            - pip install build twine
            - python -m build
            - TWINE_PASSWORD="$GOOGLE_CREDENTIALS" twine upload --non-interactive dist/*
        """),
      .note(
        for: .publish, by: [.key],
        "Set the masked and protected variable GOOGLE_CREDENTIALS to the output of `base64 -w0 @KEY_FILE@`"
      ),
    ] + FederatedTools.gitlabPython)

  /// Cloud Build signs in as the build's own account. `repository` ends without a slash.
  private static let cloudBuild = ClientTool(
    "cloud-build", "a build that publishes a package", formats: ["PYTHON"], methods: [.env],
    [
      .file(
        "cloudbuild.yaml", for: .publish,
        """
        steps:
          - name: python
            entrypoint: bash
            args: [-c, "pip install build && python -m build"]
        artifacts:
          pythonPackages:
            - repository: @SCHEME@://@PUBLISH_BARE@
              paths: ["dist/*"]
        """),
      .note(
        for: .publish,
        "The account of the build needs roles/artifactregistry.writer on the repository. A build with an account of its own "
          + "must set a logging option."),
    ])

  /// The environment signs in as its own account; a file there must hold no password.
  private static let composer = ClientTool(
    "composer", "a Cloud Composer environment that installs packages", formats: ["PYTHON"],
    methods: [.keyring], replacesIndex: true,
    [
      .file(
        "gs://BUCKET/config/pip/pip.conf", for: .install,
        """
        [global]
        @INDEX_OPTION@ = @SCHEME@://@INSTALL@simple/
        """),
      .note(
        for: .install,
        "The environment's account needs roles/artifactregistry.reader on the repository. PythonVirtualenvOperator does not "
          + "read this file."),
      .note(for: .install, index: .extra, PythonTools.confusion),
    ])
}
