/// The tools that keep a project's settings (docs/settings.md has the sources).
enum PythonProjectTools {
  static let all = [poetry, pdm, pipenv, hatch]

  /// The names in Poetry's variables for publishing may have no digits (docs/settings.md#poetry), so one name serves all.
  private static let poetry = ClientTool(
    "poetry", "manages Python projects", formats: ["PYTHON"],
    [
      .file(
        "pyproject.toml", for: .install, index: .whole,
        """
        [[tool.poetry.source]]
        name = "@NAME@"
        url = "@SCHEME@://@INSTALL@simple/"
        priority = "primary"
        """),
      .file(
        "pyproject.toml", for: .install, index: .part,
        """
        [[tool.poetry.source]]
        name = "@NAME@"
        url = "@SCHEME@://@INSTALL@simple/"
        priority = "explicit"
        """),
      .file(
        "pyproject.toml", for: .install, index: .extra,
        """
        [[tool.poetry.source]]
        name = "@NAME@"
        url = "@SCHEME@://@INSTALL@simple/"
        priority = "supplemental"
        """),
      .commands(
        for: .install,
        """
        export POETRY_HTTP_BASIC_@ENV@_USERNAME=@USER@
        export POETRY_HTTP_BASIC_@ENV@_PASSWORD="@PASSWORD@"
        poetry add --source @NAME@ PACKAGE
        """),
      .commands(
        for: .publish,
        """
        export POETRY_REPOSITORIES_REGISTRY_URL=@SCHEME@://@PUBLISH@
        export POETRY_HTTP_BASIC_REGISTRY_USERNAME=@USER@
        export POETRY_HTTP_BASIC_REGISTRY_PASSWORD="@PUBLISH_PASSWORD@"
        poetry publish --build --repository registry
        """),
      .note(
        for: .install, index: .extra,
        "Warning: Poetry looks in this index only for packages that PyPI does not have. Whoever publishes a package of the same "
          + "name on PyPI gets it installed (dependency confusion)."),
    ])

  private static let pdm = ClientTool(
    "pdm", "manages Python projects", formats: ["PYTHON"],
    [
      .file(
        "pyproject.toml", for: .install, index: .whole,
        """
        [[tool.pdm.source]]
        name = "pypi"
        url = "@SCHEME@://@USER@:${GAR_PASSWORD}@@INSTALL@simple/"
        verify_ssl = @VERIFY@
        """),
      .file(
        "pyproject.toml", for: .install, index: .part,
        """
        [[tool.pdm.source]]
        name = "@NAME@"
        url = "@SCHEME@://@USER@:${GAR_PASSWORD}@@INSTALL@simple/"
        verify_ssl = @VERIFY@
        include_packages = ["PACKAGE"]
        """),
      .file(
        "pyproject.toml", for: .install, index: .extra,
        """
        [[tool.pdm.source]]
        name = "@NAME@"
        url = "@SCHEME@://@USER@:${GAR_PASSWORD}@@INSTALL@simple/"
        verify_ssl = @VERIFY@
        """),
      .commands(
        for: .install,
        """
        export GAR_PASSWORD="@PASSWORD@"
        pdm add PACKAGE
        """),
      .commands(
        for: .publish,
        """
        export PDM_PUBLISH_REPO=@SCHEME@://@PUBLISH@
        export PDM_PUBLISH_USERNAME=@USER@
        export PDM_PUBLISH_PASSWORD="@PUBLISH_PASSWORD@"
        pdm publish
        """),
      .note(
        for: .install, index: .extra,
        "Warning: PDM takes the highest version of all sources. Whoever publishes a package of the same name on PyPI with a higher "
          + "version gets it installed (dependency confusion)."),
    ])

  /// The only source, so that every package comes from it.
  private static let pipenv = ClientTool(
    "pipenv", "installs from a Pipfile", formats: ["PYTHON"], replacesIndex: true,
    [
      .file(
        "Pipfile", for: .install,
        """
        [[source]]
        name = "@NAME@"
        url = "@SCHEME@://@USER@:${GAR_PASSWORD}@@INSTALL@simple/"
        verify_ssl = @VERIFY@

        [packages]
        PACKAGE = {version = "*", index = "@NAME@"}
        """),
      .commands(
        for: .install,
        """
        export GAR_PASSWORD="@PASSWORD@"
        pipenv install
        """),
    ])

  private static let hatch = ClientTool(
    "hatch", "builds and publishes Python projects", formats: ["PYTHON"],
    [
      .commands(
        for: .publish,
        """
        export HATCH_INDEX_REPO=@SCHEME@://@PUBLISH@
        export HATCH_INDEX_USER=@USER@
        export HATCH_INDEX_AUTH="@PUBLISH_PASSWORD@"
        hatch build
        hatch publish --no-prompt
        """),
      .note(for: .install, "hatch installs with pip or uv: use their settings to install."),
    ])
}
