import GoogleCloud
import Model

/// Carries out operations, and reports while a call of one waits before it is repeated.
struct WatchedRunner: OperationRunner {
  let runner: any OperationRunner
  let screen: ApplyScreen

  func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
    let observer = RequestContext.PauseObserver { [screen] pause in
      screen.wait(operation, for: pause)
    }
    let result = await RequestContext.$pauseObserver.withValue(observer) {
      () async -> Result<OperationResult, OperationFailure> in
      do throws(OperationFailure) {
        return .success(try await runner.run(operation))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
