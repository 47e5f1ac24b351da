/// All tools for which arctl knows settings.
public enum ClientTools {
  /// In the order of the list.
  public static let all =
    PythonTools.all + PythonProjectTools.all + OtherPackageTools.all + ContainerTools.all
    + AutomationTools.all

  /// The tools that use repositories of a format, as the API writes it.
  public static func tools(for format: String) -> [ClientTool] {
    all.filter { $0.formats.contains(format) }
  }
}
