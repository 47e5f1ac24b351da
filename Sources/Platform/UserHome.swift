import Glibc

/// The home folder of this process's user in the user database, whatever `HOME` says; nil if there is none.
/// (getpwuid_r)
public func homeOfUser() -> String? {
  var entry = passwd()
  var found: UnsafeMutablePointer<passwd>?
  var buffer = [CChar](repeating: 0, count: 16_384)
  guard getpwuid_r(geteuid(), &entry, &buffer, buffer.count, &found) == 0, found != nil,
    let home = entry.pw_dir
  else { return nil }
  return String(cString: home)
}
