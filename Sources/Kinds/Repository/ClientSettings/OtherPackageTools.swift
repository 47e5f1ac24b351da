/// npm, Java, Go, apt and yum: they are not served by the sandbox, and follow Google's own texts (docs/settings.md).
enum OtherPackageTools {
  static let all = [npm, pnpm, yarn, maven, gradle, go, apt, yum]

  private static let npm = node("npm", "npm install PACKAGE", "npm publish")
  private static let pnpm = node("pnpm", "pnpm add PACKAGE", "pnpm publish")

  private static func node(_ name: String, _ install: String, _ publish: String) -> ClientTool {
    ClientTool(
      name, "installs and publishes npm packages", formats: ["NPM"], methods: [.env, .key],
      [
        .file(
          ".npmrc", for: .install, index: .whole,
          "registry=@SCHEME@://@INSTALL@"),
        .file(
          ".npmrc", for: .install, index: .part,
          "@SCOPE@:registry=@SCHEME@://@INSTALL@"),
        .file("~/.npmrc", by: [.env], "//@INSTALL@:_authToken=${GAR_TOKEN}"),
        .file(
          "~/.npmrc", by: [.key],
          """
          //@INSTALL@:_password=${GAR_PASSWORD}
          //@INSTALL@:username=_json_key_base64
          //@INSTALL@:email=not.valid@email.com
          """),
        .file("~/.npmrc", for: .publish, by: [.env], "//@PUBLISH@:_authToken=${GAR_TOKEN}")
          .forOtherTarget,
        .file(
          "~/.npmrc", for: .publish, by: [.key],
          """
          //@PUBLISH@:_password=${GAR_PASSWORD}
          //@PUBLISH@:username=_json_key_base64
          //@PUBLISH@:email=not.valid@email.com
          """
        ).forOtherTarget,
        .commands(by: [.env], "export GAR_TOKEN=\"$(arctl token)\""),
        .commands(by: [.key], "export GAR_PASSWORD=\"$(base64 -w0 @KEY_FILE@ | base64 -w0)\""),
        .commands(for: .install, install),
        .commands(for: .publish, "\(publish) --registry @SCHEME@://@PUBLISH@"),
        .note(
          for: .install, index: .part,
          "Write your packages' scope for @SCOPE@: without one, every package would be looked for here."
        ),
      ])
  }

  private static let yarn = ClientTool(
    "yarn", "installs and publishes npm packages (Yarn 2 and later)", formats: ["NPM"],
    methods: [.env],
    [
      .file(
        ".yarnrc.yml",
        """
        npmScopes:
          @SCOPE_NAME@:
            npmRegistryServer: "@SCHEME@://@INSTALL@"
            @YARN_PUBLISH@
            npmAlwaysAuth: true
            npmAuthToken: "${GAR_TOKEN}"
        """),
      .commands("export GAR_TOKEN=\"$(arctl token)\""),
      .commands(for: .install, "yarn add PACKAGE"),
      .commands(for: .publish, "yarn npm publish"),
      .note(for: nil, "Write your packages' scope, without the at sign, for @SCOPE_NAME@."),
    ])

  private static func pom(_ extensions: String) -> String {
    """
    <project>
    @DISTRIBUTION@
      <repositories>
        <repository>
          <id>artifact-registry</id>
          <url>@MAVEN_SCHEME@://@INSTALL_BARE@</url>
          <releases>
            <enabled>@RELEASES@</enabled>
          </releases>
          <snapshots>
            <enabled>@SNAPSHOTS@</enabled>
          </snapshots>
        </repository>
      </repositories>
    \(extensions)</project>
    """
  }

  private static let wagon = """

      <build>
        <extensions>
          <extension>
            <groupId>com.google.cloud.artifactregistry</groupId>
            <artifactId>artifactregistry-maven-wagon</artifactId>
            <version>2.2.5</version>
          </extension>
        </extensions>
      </build>

    """

  private static let maven = ClientTool(
    "maven", "builds Java projects", formats: ["MAVEN"], methods: [.keyring, .env, .key],
    [
      .file("pom.xml", by: [.keyring], pom(wagon)),
      .file("pom.xml", by: [.env, .key], pom("")),
      .file(
        "~/.m2/settings.xml", by: [.env, .key],
        """
        <settings>
          <servers>
            <server>
              <id>artifact-registry</id>
              <configuration>
                <httpConfiguration>
                  <get>
                    <usePreemptive>true</usePreemptive>
                  </get>
                  <head>
                    <usePreemptive>true</usePreemptive>
                  </head>
                  <put>
                    <params>
                      <property>
                        <name>http.protocol.expect-continue</name>
                        <value>false</value>
                      </property>
                    </params>
                  </put>
                </httpConfiguration>
              </configuration>
              <username>@USER@</username>
              <password>${env.GAR_PASSWORD}</password>
            </server>
          </servers>
        </settings>
        """),
      .commands(by: [.env, .key], "export GAR_PASSWORD=\"@PASSWORD@\""),
      .commands(for: .install, "mvn package"),
      .commands(for: .publish, "mvn deploy"),
      .note(
        for: nil, by: [.keyring],
        "The extension takes Google's application default credentials, or those of gcloud."),
    ])

  private static let gradle = ClientTool(
    "gradle", "builds Java projects", formats: ["MAVEN"], methods: [.keyring, .env, .key],
    [
      .file(
        "build.gradle", by: [.keyring],
        """
        plugins {
        @MAVEN_PUBLISH@
          id "com.google.cloud.artifactregistry.gradle-plugin" version "2.2.5"
        }
        """),
      .file(
        "build.gradle", for: .publish, by: [.keyring],
        """
        publishing {
          repositories {
            maven {
              url "artifactregistry://@PUBLISH_BARE@"
            }
          }
        }
        """),
      .file(
        "build.gradle", for: .install, by: [.keyring],
        """
        repositories {
          maven {
            url "artifactregistry://@INSTALL_BARE@"
          }
        }
        """),
      .file(
        "build.gradle", for: .publish, by: [.env, .key],
        """
        plugins {
          id "maven-publish"
        }

        publishing {
          repositories {
            maven {
              url "@SCHEME@://@PUBLISH_BARE@"
              credentials {
                username = "@USER@"
                password = System.getenv("GAR_PASSWORD")
              }
            }
          }
        }
        """),
      .file(
        "build.gradle", for: .install, by: [.env, .key],
        """
        repositories {
          maven {
            url "@SCHEME@://@INSTALL_BARE@"
            credentials {
              username = "@USER@"
              password = System.getenv("GAR_PASSWORD")
            }
            authentication {
              basic(BasicAuthentication)
            }
          }
        }
        """),
      .commands(by: [.env, .key], "export GAR_PASSWORD=\"@PASSWORD@\""),
      .commands(for: .install, "gradle build"),
      .commands(for: .publish, "gradle publish"),
    ])

  /// netrc is the form that every version of Go reads.
  private static let go = ClientTool(
    "go", "downloads Go modules", formats: ["GO"], methods: [.env, .key],
    [
      .commands(
        for: .install,
        """
        export GOPROXY="@SCHEME@://@INSTALL_BARE@,$(go env GOPROXY)"
        export GONOSUMDB='MODULES/*'
        """),
      .commands(
        for: .install, by: [.env],
        "export NETRC=\"$(mktemp)\"; arctl token --output netrc > \"$NETRC\""),
      .commands(
        for: .install, by: [.key],
        """
        export NETRC="$(mktemp)"
        printf 'machine @HOST@ login _json_key_base64 password %s\\n' "$(base64 -w0 @KEY_FILE@)" > "$NETRC"
        """),
      .commands(for: .install, "go get MODULES/MODULE\nrm \"$NETRC\""),
      .note(
        for: .publish,
        "Modules are uploaded by `gcloud artifacts go upload --repository=@PUBLISH_ID@ --location=@LOCATION@`"
      ),
      .note(
        for: .install,
        "Write the beginning of your modules' paths for MODULES, such as example.com."),
      .note(
        for: .install,
        "Go reads its password from the temporary file that NETRC names. The last command removes it."
      ),
    ])

  private static let apt = ClientTool(
    "apt", "installs Debian packages", formats: ["APT"], methods: [.keyring, .key],
    [
      .note(
        for: .install,
        "First prepare the machine as in https://cloud.google.com/artifact-registry/docs/os-packages/debian/configure#prepare-apt, "
          + "which installs the transport and the repository's key."),
      .file(
        "/etc/apt/sources.list.d/artifact-registry.list", for: .install,
        "deb ar+@SCHEME@://@HOST@/projects/@PROJECT@ @ID@ main"),
      .file(
        "/etc/apt/apt.conf.d/91artifact-registry-key", for: .install, by: [.key],
        "Acquire::gar::Service-Account-JSON \"@KEY_PATH@\";"),
      .commands(for: .install, "sudo apt update"),
      .note(
        for: .install, by: [.keyring],
        "The transport takes Google's application default credentials of the root user, or those of the machine."
      ),
    ])

  private static let yum = ClientTool(
    "yum", "installs RPM packages", formats: ["YUM"], methods: [.keyring, .key],
    [
      .note(
        for: .install,
        "First prepare the machine as in https://cloud.google.com/artifact-registry/docs/os-packages/rpm/configure#prepare-yum, "
          + "which installs the plugin."),
      .file(
        "/etc/yum.repos.d/artifact-registry.repo", for: .install,
        """
        [@NAME@]
        name=@NAME@
        baseurl=@SCHEME@://@HOST@/projects/@PROJECT@/@ID@
        enabled=1
        repo_gpgcheck=0
        gpgcheck=0
        """),
      .file(
        "/etc/dnf/plugins/artifact-registry.conf", for: .install, by: [.key],
        """
        [main]
        enabled=1
        service_account_json=@KEY_PATH@
        """),
      .commands(for: .install, "sudo yum makecache"),
    ])
}
