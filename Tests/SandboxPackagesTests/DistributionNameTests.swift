import Testing

@testable import SandboxPackages

@Suite struct DistributionNameTests {
  @Test(arguments: [
    ("Friendly-Bard", "friendly-bard"), ("friendly.bard", "friendly-bard"),
    ("FRIENDLY_-.bard", "friendly-bard"), ("x", "x"), ("a1", "a1"),
  ])
  func namesAreNormalized(name: String, normal: String) {
    #expect(PackageName.normalized(name) == normal)
  }

  @Test(arguments: ["", "-a", "a-", ".a", "a b", "a/b", "é", "..", "a\n"])
  func otherNamesAreRefused(name: String) {
    #expect(PackageName.normalized(name) == nil)
  }

  private func parse(_ file: String, _ package: String, _ version: String) -> DistributionName? {
    PythonVersion(version).flatMap { DistributionName(file, package: package, version: $0) }
  }

  @Test(arguments: [
    ("greetings-0.0.1-py3-none-any.whl", "greetings", "0.0.1"),
    ("my_internal.package-1.0-py3-none-any.whl", "my-internal-package", "1.0"),
    ("Demo-1.0-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "demo", "1.0"),
    ("demo-1.0+local.1-py3-none-any.whl", "demo", "1.0+local-1"),
    ("demo-1.0_1-py3-none-any.whl", "demo", "1.0.post1"),
    ("demo-1.0.0-py3-none-any.whl", "demo", "1.0"),
    ("demo-0.1.0.tar.gz", "demo", "0.1.0"), ("my-demo-0.1.tar.gz", "my-demo", "0.1"),
    ("my_demo-0.1.zip", "my-demo", "0.1"), ("demo-2-1.0-1.tar.gz", "demo-2", "1.0.post1"),
  ])
  func goodFileNames(file: String, package: String, version: String) {
    let found = parse(file, package, version)
    #expect(found?.fileName == file)
    #expect(found?.kind == (file.hasSuffix(".whl") ? .wheel : .source))
  }

  @Test(arguments: [
    ("greetings-0.0.2-py3-none-any.whl", "greetings", "0.0.1"),
    ("greeting-0.0.1-py3-none-any.whl", "greetings", "0.0.1"),
    ("greetings-0.0.1-py3-none.whl", "greetings", "0.0.1"),
    ("greetings-0.0.1-x-py3-none-any.whl", "greetings", "0.0.1"),
    ("greetings-0.0.1-1-2-py3-none-any.whl", "greetings", "0.0.1"),
    ("demo-0.1.tar.bz2", "demo", "0.1"), ("demo-0.1.exe", "demo", "0.1"), ("demo", "demo", "0.1"),
    ("demo0.1.tar.gz", "demo", "0.1"), ("../demo-0.1.tar.gz", "demo", "0.1"),
    ("demo-0.1.tar.gz/", "demo", "0.1"), (".demo-0.1.tar.gz", "demo", "0.1"),
    ("demo-0.1%2F.tar.gz", "demo", "0.1"), ("", "demo", "0.1"),
  ])
  func badFileNames(file: String, package: String, version: String) {
    #expect(parse(file, package, version) == nil)
  }
}
