import GoogleCloud
import Model
import Reconcile

/// Carries out operations, and reports while a call of one waits before it is repeated.
struct WatchedRunner: OperationRunner {
  let runner: any OperationRunner
  let screen: ApplyScreen
  let waits: OperationWaits

  func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
    let observer = RequestContext.PauseObserver { [screen] pause in
      screen.wait(operation, for: pause)
    }
    let waitObserver = RequestContext.WaitObserver { [waits] in waits.report($0) }
    let result = await RequestContext.$pauseObserver.withValue(observer) {
      await RequestContext.$waitObserver.withValue(waitObserver) { await outcome(of: operation) }
    }
    return try result.get()
  }

  private func outcome(
    of operation: Operation
  ) async -> Result<OperationResult, OperationFailure> {
    do throws(OperationFailure) {
      return .success(try await runner.run(operation))
    } catch {
      return .failure(error)
    }
  }
}
