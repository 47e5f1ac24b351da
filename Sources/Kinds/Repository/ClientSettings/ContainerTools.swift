/// Docker, Helm, and image builds that install packages (docs/settings.md has the sources).
enum ContainerTools {
  static let all = [docker, helm, dockerfile]

  private static let docker = ClientTool(
    "docker", "pushes and pulls images", formats: ["DOCKER"],
    [
      .file(
        "~/.docker/config.json", by: [.keyring],
        """
        {"credHelpers": {"@HOST@": "arctl"}}
        """),
      .commands(by: [.keyring], PythonTools.link("docker-credential-arctl")),
      .commands(
        by: [.env],
        "arctl token | docker login --username oauth2accesstoken --password-stdin @SCHEME@://@HOST@"
      ),
      .commands(
        by: [.key],
        "base64 -w0 @KEY_FILE@ | docker login --username _json_key_base64 --password-stdin @SCHEME@://@HOST@"
      ),
      .commands(for: .install, "docker pull @IMAGES@/IMAGE:TAG"),
      .commands(
        for: .publish,
        """
        docker tag IMAGE:TAG @PUBLISH_IMAGES@/IMAGE:TAG
        docker push @PUBLISH_IMAGES@/IMAGE:TAG
        """),
      .note(
        for: nil, by: [.keyring],
        "Docker's file may have other entries: add this one below credHelpers."),
      .note(
        for: nil, by: [.env, .key],
        "docker login keeps the password in ~/.docker/config.json, unless Docker has a credential store."
      ),
    ])

  private static let helm = ClientTool(
    "helm", "pushes and pulls charts", formats: ["DOCKER"], methods: [.env, .key],
    [
      .commands(
        by: [.env],
        "arctl token | helm registry login --username oauth2accesstoken --password-stdin @HOST@"),
      .commands(
        by: [.key],
        "base64 -w0 @KEY_FILE@ | helm registry login --username _json_key_base64 --password-stdin @HOST@"
      ),
      .commands(for: .install, "helm pull oci://@IMAGES@/CHART"),
      .commands(for: .publish, "helm push CHART.tgz oci://@PUBLISH_IMAGES@"),
    ])

  /// A build argument would stay in the image's history; a secret mount does not.
  private static let dockerfile = ClientTool(
    "dockerfile", "an image build that installs packages", formats: ["PYTHON"],
    methods: [.env, .key], replacesIndex: true,
    [
      .file(
        "Dockerfile", for: .install,
        """
        # syntax=docker/dockerfile:1
        FROM python:3
        COPY requirements.txt .
        RUN --mount=type=secret,id=pip_index \\
            @INDEX_VARIABLE@="$(cat /run/secrets/pip_index)" pip install -r requirements.txt
        """),
      .commands(
        for: .install,
        """
        export @INDEX_VARIABLE@="@SCHEME@://@USER@:@PASSWORD@@@INSTALL@simple/"
        docker build --secret id=pip_index,env=@INDEX_VARIABLE@ .
        """),
      .note(
        for: .install,
        "The secret is in no layer and in no build argument of the image."),
      .note(for: .install, index: .extra, PythonTools.confusion),
    ])
}
