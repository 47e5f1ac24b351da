/// The tools that take one index, or one address to publish to (docs/settings.md has the sources).
enum PythonTools {
  static let all = [pip, requirements, twine, uv, keyring]

  /// pip asks a keyring program only for an address with a user name (docs/settings.md#pip).
  private static let pip = ClientTool(
    "pip", "installs packages", formats: ["PYTHON"], replacesIndex: true,
    [
      .commands(for: .install, by: [.keyring], linkKeyring),
      .file(
        "~/.config/pip/pip.conf", for: .install, by: [.keyring],
        """
        [global]
        @INDEX_OPTION@ = @SCHEME@://oauth2accesstoken@@INSTALL@simple/
        keyring-provider = subprocess
        """),
      .commands(
        for: .install, by: [.env, .key],
        "export @INDEX_VARIABLE@=\"@SCHEME@://@USER@:@PASSWORD@@@INSTALL@simple/\""),
      .commands(for: .install, "pip install PACKAGE"),
      .note(for: .install, index: .extra, confusion),
    ])

  private static let requirements = ClientTool(
    "requirements", "a requirements.txt that names its index", formats: ["PYTHON"],
    replacesIndex: true,
    [
      .file(
        "requirements.txt", for: .install, by: [.keyring],
        """
        --@INDEX_OPTION@ @SCHEME@://oauth2accesstoken@@INSTALL@simple/
        PACKAGE
        """),
      .file(
        "requirements.txt", for: .install, by: [.env, .key],
        """
        --@INDEX_OPTION@ @SCHEME@://@USER@:${GAR_PASSWORD}@@INSTALL@simple/
        PACKAGE
        """),
      .commands(
        for: .install, by: [.keyring],
        """
        \(linkKeyring)
        export PIP_KEYRING_PROVIDER=subprocess
        """),
      .commands(for: .install, by: [.env, .key], "export GAR_PASSWORD=\"@PASSWORD@\""),
      .commands(for: .install, "pip install -r requirements.txt"),
      .note(for: .install, index: .extra, confusion),
    ])

  private static let twine = ClientTool(
    "twine", "publishes packages", formats: ["PYTHON"],
    [
      .file(
        "~/.pypirc", for: .publish,
        """
        [distutils]
        index-servers =
            @PUBLISH_NAME@

        [@PUBLISH_NAME@]
        repository: @SCHEME@://@PUBLISH@
        username: @USER@
        """),
      .commands(
        for: .publish,
        """
        python -m build
        TWINE_PASSWORD="@PUBLISH_PASSWORD@" twine upload --repository @PUBLISH_NAME@ dist/*
        """),
      .note(
        for: .publish, by: [.keyring],
        "With Google's keyring backend (pip install keyrings.google-artifactregistry-auth) twine needs no TWINE_PASSWORD."
      ),
    ])

  /// The variables' names contain the index's name in capitals (docs/settings.md#uv).
  private static let uv = ClientTool(
    "uv", "manages Python projects", formats: ["PYTHON"],
    [
      .file(
        "pyproject.toml", index: .whole,
        """
        [[tool.uv.index]]
        name = "@NAME@"
        url = "@SCHEME@://@INSTALL@simple/"
        @PUBLISH_URL@
        default = true
        authenticate = "always"
        """),
      .file(
        "pyproject.toml", index: .part,
        """
        [[tool.uv.index]]
        name = "@NAME@"
        url = "@SCHEME@://@INSTALL@simple/"
        @PUBLISH_URL@
        explicit = true
        authenticate = "always"

        [tool.uv.sources]
        PACKAGE = { index = "@NAME@" }
        """),
      .file(
        "pyproject.toml", index: .extra,
        """
        [[tool.uv.index]]
        name = "@NAME@"
        url = "@SCHEME@://@INSTALL@simple/"
        @PUBLISH_URL@
        authenticate = "always"
        """),
      .commands(
        by: [.keyring],
        """
        \(linkKeyring)
        export UV_KEYRING_PROVIDER=subprocess
        export UV_INDEX_@ENV@_USERNAME=oauth2accesstoken
        """),
      .commands(
        by: [.env, .key],
        """
        export UV_INDEX_@ENV@_USERNAME=@USER@
        export UV_INDEX_@ENV@_PASSWORD="@PASSWORD@"
        """),
      .commands(for: .install, "uv sync"),
      .note(
        for: .install, index: .extra,
        "uv looks for each package in this index first, and on PyPI only for those that are not here."
      ),
      .commands(
        for: .publish, by: [.keyring],
        "uv build\nUV_PUBLISH_USERNAME=oauth2accesstoken uv publish --index @NAME@"),
      .commands(
        for: .publish, by: [.env, .key],
        """
        uv build
        UV_PUBLISH_USERNAME=@USER@ UV_PUBLISH_PASSWORD="$UV_INDEX_@ENV@_PASSWORD" uv publish --index @NAME@
        """),
    ])

  private static let keyring = ClientTool(
    "keyring", "answers pip, uv and others with a token", formats: ["PYTHON"],
    methods: [.keyring],
    [
      .commands(
        """
        \(linkKeyring)
        keyring get @SCHEME@://@INSTALL@ oauth2accesstoken
        """),
      .note(
        "arctl answers for Artifact Registry only, and runs the next `keyring` on the path for other hosts. Google's own "
          + "backend does the same inside Python: pip install keyring keyrings.google-artifactregistry-auth"
      ),
    ])

  /// pip and uv run a program of this name.
  static let linkKeyring = link("keyring")

  /// Gives arctl a second name on the path. A program with that name stays.
  static func link(_ name: String) -> String {
    """
    mkdir -p ~/.local/bin && export PATH="$HOME/.local/bin:$PATH"
    test -e ~/.local/bin/\(name) || ln -s "$(command -v arctl)" ~/.local/bin/\(name)
    """
  }

  static let confusion =
    "Warning: pip takes the highest version of all indexes. Whoever publishes a package of the same name on PyPI with a "
    + "higher version gets it installed (dependency confusion)."
}
