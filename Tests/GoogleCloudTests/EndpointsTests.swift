import Testing

@testable import GoogleCloud

@Suite struct EndpointsTests {
  @Test func googleByDefault() throws {
    let endpoints = try Endpoints(endpoint: nil, environment: [:])
    #expect(endpoints == .google)
    #expect(endpoints.isGoogle)
    #expect(endpoints.baseURL(.resourceManager) == "https://cloudresourcemanager.googleapis.com")
    #expect(endpoints.tokenURI == "https://oauth2.googleapis.com/token")
    for service in APIHost.allCases { #expect(endpoints.origin(of: service).isGoogle) }
  }

  @Test func oneEndpointForAllAPIs() throws {
    let endpoints = try Endpoints(
      endpoint: "http://127.0.0.1:8080/base//",
      environment: ["CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM": "https://other.example/"])
    for service in APIHost.allCases {
      #expect(endpoints.baseURL(service) == "http://127.0.0.1:8080/base")
    }
    #expect(endpoints.overrides.allSatisfy { $0.source == "--endpoint" })
    #expect(endpoints.tokenURI == "http://127.0.0.1:8080/token")
    #expect(!endpoints.isGoogle)
  }

  @Test func gcloudsVariables() throws {
    let endpoints = try Endpoints(
      endpoint: nil,
      environment: [
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER": "http://127.0.0.1:9/",
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM": "",
      ])
    #expect(endpoints.baseURL(.resourceManager) == "http://127.0.0.1:9")
    #expect(endpoints.baseURL(.iam) == "https://iam.googleapis.com")
    #expect(
      endpoints.overrides.map(\.source) == ["CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER"])
    #expect(!endpoints.isGoogle)
  }

  @Test(arguments: [
    "http://example.com", "http://10.0.0.1:80", "https://u:p@example.com", "localhost:80",
    "https://example.com?x=1", "https://example.com/../x", "file:///etc/passwd", "",
  ])
  func refused(_ url: String) {
    #expect(throws: EndpointError.self) { try Endpoints(all: url) }
  }
}
