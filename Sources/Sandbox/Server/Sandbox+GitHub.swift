import SandboxGitHub
import SandboxWire

extension Sandbox {
  /// Answers a request to GitHub, from this machine only: the tokens that it takes are no secret.
  func answer(_ request: WireRequest, at address: GitHubAddress) -> WireResponse {
    guard request.isFromThisMachine, !HostCheck.isFromPage(request.headers) else {
      return GitHubAnswers.failure(
        403, "This sandbox plays GitHub for programs on its own machine only.")
    }
    if !address.isServed { logUnserved(request) }
    let accepted = begin(request, .sandbox, realNow: RealTime.microseconds())
    if let replacement = accepted.replacement { return inGitHubsForm(accepted) ?? replacement }
    let response = finish(accepted, carryOut(request, at: address), caller: nil)
    return inGitHubsForm(accepted) ?? response
  }

  private func carryOut(_ request: WireRequest, at address: GitHubAddress) -> WireResponse {
    var response = GitHubAnswers.standard(500)
    do throws(APIError) {
      try change { (state, now) throws(APIError) in
        response = GitHubService.answer(
          request, at: address, &state, now: Timestamps.seconds(now))
      }
    } catch {
      return GitHubAnswers.failure(500, error.message)
    }
    return response
  }

  /// The answer that a fault script replaced by a mere status; nil for every other.
  private func inGitHubsForm(_ accepted: AcceptedRequest) -> WireResponse? {
    guard case .status(let code, let headers, nil) = accepted.injection?.fault else { return nil }
    var response = GitHubAnswers.standard(code)
    for header in headers { response.headers.append((header.name, header.value)) }
    return response
  }
}
