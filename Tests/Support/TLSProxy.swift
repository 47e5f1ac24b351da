import Foundation
import Platform
import Testing

/// A certificate authority in a folder, and a certificate for localhost that it signed.
package struct Certificates {
  private let name: String

  /// The file of the authority's certificate, to be trusted.
  package var authority: String { "\(name)-ca.pem" }
  package var key: String { "\(name).key" }
  package var certificate: String { "\(name).pem" }

  /// Makes them in `folder`, which exists.
  package init(_ label: String, in folder: String) async throws {
    name = "\(folder)/\(label)"
    try "subjectAltName=DNS:localhost,IP:127.0.0.1\n".write(
      toFile: "\(name).ext", atomically: true, encoding: .utf8)
    for arguments in [
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=throw-away \(label)",
        "-days", "2", "-keyout", "\(name)-ca.key", "-out", authority,
      ],
      [
        "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out",
        "\(name).csr",
      ],
      [
        "x509", "-req", "-in", "\(name).csr", "-CA", authority, "-CAkey", "\(name)-ca.key",
        "-CAcreateserial", "-days", "2", "-extfile", "\(name).ext", "-out", certificate,
      ],
    ] {
      try #require(await TLSProxy.start("/usr/bin/openssl", arguments).wait() == .exited(0))
    }
  }
}

/// A real proxy with TLS and HTTP/2 in front of a server on this machine.
package final class TLSProxy {
  package enum Program: String, Sendable, CaseIterable { case nghttpx, nginx }

  /// One request that the proxy passed on.
  package struct Entry {
    /// `h2` or `HTTP/2.0` over HTTP/2.
    package let version: String
    /// What tells the connections apart.
    package let connection: String
    /// Whether the TLS session of the connection was resumed. (nginx)
    package let isResumed: Bool
    /// Whether the answer was compressed. (nginx)
    package let isCompressed: Bool
    package let method: String
  }

  package let url: String
  private let folder: String
  private let process: ChildProcess

  /// Starts it; `backend` is the port of the server.
  package init(
    _ program: Program, _ certificates: Certificates, backend: Substring, streams: Int,
    in folder: String
  ) throws {
    self.folder = folder
    let port = Self.freePort()
    url = "https://localhost:\(port)"
    switch program {
    case .nghttpx:
      process = try Self.start(
        "/usr/sbin/nghttpx",
        [
          "--single-process", "--workers=1", "--conf=/dev/null", "-f", "127.0.0.1,\(port)", "-b",
          "127.0.0.1,\(backend)", "--frontend-http2-max-concurrent-streams=\(streams)",
          "--accesslog-file=\(folder)/access",
          "--accesslog-format=$alpn $remote_port - - $method", "--errorlog-file=\(folder)/errors",
          certificates.key, certificates.certificate,
        ])
    case .nginx:
      let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map { "\($0)_temp_path \(folder)/\($0);" }.joined(separator: " ")
      let log = "$server_protocol $connection $ssl_session_reused $gzip_ratio $request_method"
      let settings = """
        daemon off; master_process off; pid \(folder)/pid; error_log \(folder)/errors;
        events { worker_connections 256; }
        http {
          log_format short '\(log)'; access_log \(folder)/access short; \(paths)
          server {
            listen 127.0.0.1:\(port) ssl http2; keepalive_requests 100000;
            http2_max_concurrent_streams \(streams); ssl_session_cache shared:sessions:1m;
            ssl_certificate \(certificates.certificate); ssl_certificate_key \(certificates.key);
            gzip on; gzip_proxied any; gzip_types application/json; gzip_min_length 100;
            location / {
              proxy_pass http://127.0.0.1:\(backend); proxy_http_version 1.1;
              proxy_set_header Connection ""; proxy_set_header Host 127.0.0.1:\(backend);
            }
          }
        }

        """
      try settings.write(toFile: "\(folder)/nginx.conf", atomically: true, encoding: .utf8)
      process = try Self.start(
        "/usr/sbin/nginx", ["-c", "\(folder)/nginx.conf", "-e", "\(folder)/errors"])
    }
  }

  package func stop() { process.send(SIGTERM) }

  /// The requests so far, without those of `method`, once there are `count` of them: a proxy may write its log late.
  package func entries(_ count: Int) async throws -> [Entry] {
    var found: [Entry] = []
    for _ in 0..<100 {
      let log = (try? String(contentsOfFile: "\(folder)/access", encoding: .utf8)) ?? ""
      found = log.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: " ").map(String.init)
        guard parts.count == 5 else { return nil }
        return Entry(
          version: parts[0], connection: parts[1], isResumed: parts[2] == "r",
          isCompressed: Double(parts[3]) != nil, method: parts[4])
      }
      if found.count >= count { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    return found
  }

  /// Starts a program whose output is discarded.
  static func start(_ program: String, _ arguments: [String]) throws -> ChildProcess {
    try ChildProcess(
      "/bin/sh", arguments: ["-c", "exec \"$0\" \"$@\" 2>/dev/null", program] + arguments,
      environment: .current, output: .discarded)
  }

  /// A port that was free a moment ago.
  package static func freePort() -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(descriptor, $0, length)
        _ = getsockname(descriptor, $0, &length)
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }
}
