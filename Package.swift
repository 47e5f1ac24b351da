// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A target of ours, in `Sources/NAME`.
func library(_ name: String, _ dependencies: [String]) -> Target {
  .target(
    name: name, dependencies: dependencies.map { .byName(name: $0) }, swiftSettings: strict)
}

/// A test target, in `Tests/NAMETests`.
func tests(_ name: String, _ dependencies: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests",
    dependencies: ([name] + dependencies).map { .byName(name: $0) },
    swiftSettings: strict)
}

/// A C library of Debian's: a module map and a header of shims, in `Sources/NAME`.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Whether the tests are left out: a release build makes both programs at once then, without their support library, which
/// needs the testing library of debug builds.
let programsOnly = Context.environment["ARCTL_PROGRAMS_ONLY"] != nil

/// The tests, and what several of them share.
let testTargets: [Target] = [
  .target(
    name: "TestSupport",
    dependencies: [
      "Kinds", "DesiredState", "Resources", "Keys", "CloudResources",
      "Manifests", "Git",
      "GoogleCloud", "Model", "Crypto", "HTTP", "JSON", "Diagnostics", "Platform",
    ],
    path: "Tests/Support", swiftSettings: strict),
  tests("JSON"),
  tests("YAML", ["Diagnostics", "TestSupport"]),
  tests("Crypto", ["Platform", "COpenSSL"]),
  tests("Diagnostics"),
  tests("Platform", ["TestSupport"]),
  tests("Git", ["Platform", "TestSupport"]),
  tests("Migration", ["Kinds", "Grammar", "Model", "JSON", "Diagnostics", "TestSupport"]),
  tests("HTTP"),
  tests("CommandLine", ["Diagnostics"]),
  tests("Model", ["JSON", "TestSupport"]),
  tests("Reconcile", ["Model", "JSON", "Diagnostics", "TestSupport"]),
  tests("GoogleCloud", ["HTTP", "JSON", "Crypto", "Platform"]),
  tests("GitHub", ["GoogleCloud", "HTTP", "JSON", "Crypto", "TestSupport"]),
  tests("Manifests", ["DesiredState", "Model", "JSON", "Diagnostics", "TestSupport"]),
  tests(
    "DesiredState",
    ["Manifests", "Model", "JSON", "Diagnostics", "Platform", "TestSupport"]),
  tests("Grammar", ["Model", "JSON"]),
  tests("Kinds", ["CloudResources", "Grammar", "Model", "JSON", "Diagnostics", "TestSupport"]),
  tests("CloudResources", ["Kinds", "GoogleCloud", "Model", "JSON", "TestSupport"]),
  tests(
    "Keys",
    [
      "Resources", "GoogleCloud", "Reconcile", "Model", "HTTP", "JSON",
      "Crypto",
      "Platform", "TestSupport",
    ]),
  tests(
    "Resources",
    [
      "Keys", "CloudResources", "Kinds", "GoogleCloud", "Reconcile", "Model", "HTTP", "JSON",
      "TestSupport",
    ]),
  tests("SandboxWire"),
  tests("SandboxStore"),
  tests("SandboxIAM", ["SandboxStore", "SandboxWire", "Crypto", "JSON"]),
  tests("SandboxAPIs"),
  tests("SandboxPackages"),
  tests(
    "Sandbox",
    [
      "SandboxAPIs", "SandboxPackages", "SandboxGitHub", "SandboxCalls", "SandboxIAM",
      "SandboxStore", "SandboxWire", "JSON", "Crypto", "HTTP", "Platform", "arctl-sandbox",
      "TestSupport",
    ]),
  tests("Rendering", ["Model", "JSON", "Diagnostics", "TestSupport"]),
  tests(
    "Commands",
    [
      "DesiredState", "Resources", "Keys", "CloudResources", "Manifests",
      "Kinds", "Rendering", "Reconcile", "Model", "JSON", "Diagnostics", "Platform",
      "CommandLine", "HTTP", "GoogleCloud", "Git", "TestSupport",
    ]),
  .testTarget(
    name: "ConvergenceTests",
    dependencies: [
      "Kinds", "Resources", "Keys", "CloudResources", "GoogleCloud",
      "Reconcile", "GitHub",
      "Model", "HTTP", "Crypto", "JSON", "Diagnostics", "Platform", "Sandbox", "SandboxIAM",
      "TestSupport",
    ],
    path: "Tests/Convergence", swiftSettings: strict),
  .testTarget(
    name: "AcceptanceTests",
    dependencies: ["arctl", "arctl-sandbox", "JSON", "Crypto"],
    path: "Tests/Acceptance", exclude: ["README.md", "Stories"],
    swiftSettings: strict),
]

let package = Package(
  name: "arctl",
  products: [
    .executable(name: "arctl", targets: ["arctl"]),
    .executable(name: "arctl-sandbox", targets: ["arctl-sandbox"]),
  ],
  targets: [
    .executableTarget(
      name: "arctl", dependencies: ["Commands", "Platform"], swiftSettings: strict),
    .executableTarget(
      name: "arctl-sandbox", dependencies: ["Sandbox", "Platform"], swiftSettings: strict),

    library(
      "Commands",
      [
        "Kinds", "DesiredState", "Resources", "Keys", "Manifests",
        "CloudResources",
        "GoogleCloud", "Rendering", "Reconcile", "Model", "CommandLine", "HTTP", "JSON",
        "Crypto", "Git", "Authoring", "Migration", "Diagnostics", "Platform",
      ]),
    library("Rendering", ["Grammar", "Model", "JSON", "Crypto", "Diagnostics"]),
    library(
      "DesiredState",
      ["Manifests", "Grammar", "Model", "JSON", "Crypto", "Diagnostics", "Platform"]),
    library("Authoring", ["Grammar", "Model", "JSON", "Diagnostics"]),
    library("Git", ["Platform"]),
    library("Migration", ["Grammar", "Model", "YAML", "JSON", "Diagnostics"]),
    library("Manifests", ["Grammar", "Model", "YAML", "JSON", "Diagnostics", "Platform"]),
    library(
      "Kinds",
      [
        "Resources", "Keys", "CloudResources", "GoogleCloud", "Grammar", "Model", "JSON",
        "Diagnostics",
      ]),
    library("Grammar", ["Model", "JSON", "Diagnostics"]),
    library("Resources", ["Grammar", "Keys", "CloudResources", "GoogleCloud", "Model", "JSON"]),
    library(
      "Keys",
      ["CloudResources", "GitHub", "GoogleCloud", "Grammar", "Model", "JSON", "Crypto", "Platform"]),
    library("CloudResources", ["Grammar", "GoogleCloud", "Model", "JSON", "Platform"]),
    library("GitHub", ["GoogleCloud", "HTTP", "JSON", "Crypto", "Platform"]),
    library("GoogleCloud", ["HTTP", "JSON", "Crypto", "Platform"]),
    library("Reconcile", ["Grammar", "Model", "JSON", "Crypto", "Diagnostics"]),
    library("Model", ["JSON", "Diagnostics"]),
    library(
      "Sandbox",
      [
        "SandboxAPIs", "SandboxPackages", "SandboxGitHub", "SandboxCalls", "SandboxIAM",
        "SandboxStore", "SandboxWire", "CommandLine", "HTTP", "JSON", "Crypto", "Diagnostics",
        "Platform",
      ]),
    library(
      "SandboxAPIs",
      ["SandboxCalls", "SandboxIAM", "SandboxStore", "SandboxWire", "HTTP", "JSON", "Crypto"]),
    library(
      "SandboxPackages",
      [
        "SandboxCalls", "SandboxIAM", "SandboxStore", "SandboxWire", "HTTP", "JSON", "Crypto",
      ]),
    library(
      "SandboxGitHub", ["SandboxCalls", "SandboxStore", "SandboxWire", "HTTP", "JSON", "Crypto"]),
    library(
      "SandboxCalls", ["SandboxIAM", "SandboxStore", "SandboxWire", "HTTP", "JSON", "Crypto"]),
    library("SandboxIAM", ["SandboxStore", "SandboxWire", "JSON", "Crypto", "Platform"]),
    library("SandboxStore", ["JSON", "Crypto", "CSQLite", "CZlib"]),
    library("SandboxWire", ["JSON", "Crypto", "Platform", "CMicroHTTPD"]),
    library("CommandLine", ["Diagnostics", "Platform", "CGetopt"]),
    library("HTTP", ["Platform", "CLibCurl"]),
    library("YAML", ["Diagnostics", "CLibYAML"]),
    library("JSON", ["Diagnostics", "CJansson"]),
    library("Crypto", ["COpenSSL", "CSodium"]),
    library("Diagnostics", []),
    library("Platform", []),

    .systemLibrary(name: "CGetopt"),
    system("CLibYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev"),
    // libcurl is not linked: commands that contact a server load it.
    .target(name: "CLibCurl"),
    system("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
    system("CSodium", pkgConfig: "libsodium", apt: "libsodium-dev"),
    system("CJansson", pkgConfig: "jansson", apt: "libjansson-dev"),
    system("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev"),
    system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
  ] + (programsOnly ? [] : testTargets)
)
