import SandboxPackages
import SandboxWire

extension AcceptedRequest: PackageRequest {}

extension Sandbox: PackageHost {
  func begin(_ request: WireRequest) -> AcceptedRequest {
    begin(request, .artifactRegistry, realNow: RealTime.microseconds())
  }
}
