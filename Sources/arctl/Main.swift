import Commands
import Glibc

@main
struct Main {
  static func main() {
    let code = Arctl.main()
    fflush(nil)
    exit(code)
  }
}
