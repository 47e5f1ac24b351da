import Diagnostics
import Grammar
import Model

/// A text in the form of policies, and the declared resource that it names.
struct ResolvedName: Hashable {
  var text: String
  var address: Address?
}

extension ReferenceResolver {
  /// A member in normal form; nil, reported, if it is not a member.
  func member(_ reference: SourcedText, _ referrer: Referrer) -> ResolvedName? {
    let member: Member
    do throws(Problem) {
      member = try parsed(reference.text)
    } catch {
      sink.report(error, as: .badMember, at: reference.source)
      return nil
    }
    if let remark = Member.remark(on: reference.text) {
      sink.report(remark, at: reference.source)
    }
    switch member {
    case .policy(let text): return policyMember(text, for: reference, in: referrer)
    case .account(let id, let project):
      guard let address = kinds.member(id, project: project ?? referrer.project),
        declared(address, for: reference, in: referrer) != nil
      else { return nil }
      return ResolvedName(
        text: "serviceAccount:\(AccountName(address).email)", address: address)
    case .serviceAgent(let name, let project):
      checkProject(
        of: kinds.project(project ?? referrer.project), reference, referrer)
      return ResolvedName(text: "serviceAgent:\(name)@\(project ?? referrer.project)")
    case .numbered(let text, let project):
      checkProject(of: kinds.project(project), reference, referrer)
      return ResolvedName(text: text)
    case .shorthand(let prefix, let value):
      return shorthand(
        MemberShorthand(prefix: prefix, value: value, project: referrer.project), for: reference,
        in: referrer)
    case .deleted(let text):
      guard referrer.isPresent else { return ResolvedName(text: text) }
      sink.report(Member.deletedProblem, as: .badMember, at: reference.source)
      return nil
    }
  }

  private func parsed(_ text: String) throws(Problem) -> Member {
    if let known = members[text] { return known }
    let member = try Member(parsing: text)
    members[text] = member
    return member
  }

  private func parsedRole(_ text: String) throws(Problem) -> RoleName {
    if let known = roles[text] { return known }
    let name = try RoleName(parsing: text)
    roles[text] = name
    return name
  }

  /// A full e-mail is an account of the set, an account to look up in a project of the set, or an outside account,
  /// which need not be readable.
  private func policyMember(_ text: String, for reference: SourcedText, in referrer: Referrer)
    -> ResolvedName?
  {
    let prefix = "serviceAccount:"
    guard text.hasPrefix(prefix) else { return ResolvedName(text: text) }
    let email = String(text.dropFirst(prefix.count))
    guard let name = AccountName(email, in: referrer.project), name.isFull else {
      return isPossible(email, for: reference, in: referrer) ? ResolvedName(text: text) : nil
    }
    guard let address = kinds.member(name.id, project: name.project) else { return nil }
    if index[address] == nil { checkProject(of: address, reference, referrer) }
    let isOurs = index[address] != nil || isOurs(name.project, referrer)
    guard isOurs, referrer.isPresent || index[address] != nil else {
      return ResolvedName(text: text)
    }
    if index[address] == nil, let remark = Self.remark(onOldID: name.id, of: email) {
      sink.report(remark, at: reference.source)
    }
    return ResolvedName(
      text: text, address: declaredOrExternal(address, for: reference, in: referrer))
  }

  /// A warning about an id that only an account from before today's rule can have.
  private static func remark(onOldID id: String, of email: String) -> Problem? {
    guard let problem = NameRules.accountID(id) else { return nil }
    return Problem(
      FieldPath(),
      "`\(email)` can only be an old account: the id of a new one \(problem.message)",
      isWarning: true, help: "check its spelling; the plan looks it up")
  }

  /// Whether accounts of a project can be looked up: it is the referring document's own project, or declared.
  private func isOurs(_ project: String, _ referrer: Referrer) -> Bool {
    project == referrer.project || index[kinds.project(project)] != nil
  }

  /// False, reported, for an e-mail of one of the set's projects that no account there can have, under any rule.
  private func isPossible(_ email: String, for reference: SourcedText, in referrer: Referrer)
    -> Bool
  {
    let parts = email.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard referrer.isPresent, parts.count == 2, GoogleAccount(email, in: referrer.project) == nil,
      let problem = NameRules.existingAccountID(parts[0]),
      let host = AccountName("placeholder@\(parts[1])", in: referrer.project), host.isFull,
      isOurs(host.project, referrer)
    else { return true }
    sink.report(
      problem.of("`\(email)` cannot exist: its id `\(parts[0])`"), as: .badMember,
      at: reference.source)
    return false
  }

  /// A role in the form of policies of `policyProject`; nil, reported, if it is not a role or cannot be granted there.
  func role(_ reference: SourcedText, policyProject: String, _ referrer: Referrer) -> ResolvedName?
  {
    let name: RoleName
    do throws(Problem) {
      name = try parsedRole(reference.text)
    } catch {
      sink.report(error, as: .badRole, at: reference.source)
      return nil
    }
    let owner: String
    let id: String
    let address: Address?
    switch name {
    case .predefined, .organization: return ResolvedName(text: reference.text)
    case .project(let project, let role):
      (owner, id) = (project, role)
      let isID = NameRules.projectID(project) == nil
      address =
        isID && project == policyProject
        ? kinds.role(role, project: project).map {
          declaredOrExternal($0, for: reference, in: referrer)
        } : nil
    case .reference(let role):
      (owner, id) = (referrer.project, role)
      address = kinds.role(role, project: owner).flatMap {
        declared($0, for: reference, in: referrer, hint: RoleName.ofGoogles(role))
      }
      if address == nil { return nil }
    }
    guard owner == policyProject || referrer.isLost else {
      sink.error(
        .badRole, "the custom role `\(id)` of `\(owner)` cannot be granted in `\(policyProject)`",
        at: reference.source,
        help: "declare a Role in \(policyProject), or use a role of the organisation")
      return nil
    }
    return ResolvedName(text: "projects/\(owner)/roles/\(id)", address: address)
  }
}
