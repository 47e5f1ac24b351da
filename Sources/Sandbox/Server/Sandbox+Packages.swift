import SandboxPackages
import SandboxWire

extension Arrival: PackageArrival {}

extension Sandbox: PackageHost {
  func begin(_ request: WireRequest) -> Arrival {
    begin(request, .artifactRegistry, realNow: RealTime.microseconds())
  }
}
