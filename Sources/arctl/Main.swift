import Commands
import Platform

@main
struct Main {
  static func main() { endProcess(Arctl.main()) }
}
