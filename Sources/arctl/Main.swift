import Commands
import Glibc

@main
struct Main {
  static func main() async {
    let code = await Arctl.main()
    fflush(nil)
    exit(code)
  }
}
