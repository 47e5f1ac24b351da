/// What `arctl explain CODE` says about one kind of diagnostic.
public struct DiagnosticPage: Sendable, Hashable {
  /// An example of the diagnostic.
  public enum Example: Sendable, Hashable {
    /// A whole manifest file for which `arctl validate` reports the diagnostic.
    case manifest(String)
    /// A part of arctl's output.
    case output(String)
  }

  /// A few words, lower case, no full stop.
  public let title: String
  /// What the diagnostic means, and why arctl stops: one to four sentences.
  public let meaning: String
  /// A manifest or an output with the diagnostic.
  public let example: Example
  /// What the user can do: one to three sentences.
  public let remedy: String

  init(_ title: String, meaning: String, example: Example, remedy: String) {
    self.title = title
    self.meaning = meaning
    self.example = example
    self.remedy = remedy
  }
}

extension DiagnosticPage.Example {
  /// A complete repository document with these lines in its `spec`.
  static func repository(_ lines: String...) -> Self {
    .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: libs}
      spec:
        project: my-project-id
        location: us-east4

      """ + lines.map { "  \($0)\n" }.joined())
  }

  /// A Stack with these lines as its `spec`, followed by other documents.
  static func stack(_ lines: [String], _ documents: String...) -> Self {
    .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: greetings}
      spec:
        defaults: {project: my-project-id, location: us-east4}

      """ + lines.map { "  \($0)\n" }.joined() + documents.map { "---\n\($0)\n" }.joined())
  }
}

extension DiagnosticCode {
  /// The page of the code. A code without a page does not compile.
  public var page: DiagnosticPage {
    switch self {
    case .noManifests: .noManifests
    case .unreadableFile: .unreadableFile
    case .fileTooLarge: .fileTooLarge
    case .notUTF8: .notUTF8
    case .unknownField: .unknownField
    case .yamlSyntax: .yamlSyntax
    case .yamlDepth: .yamlDepth
    case .yamlAlias: .yamlAlias
    case .yamlFeature: .yamlFeature
    case .duplicateKey: .duplicateKey
    case .notADocument: .notADocument
    case .unknownKind: .unknownKind
    case .missingField: .missingField
    case .wrongType: .wrongType
    case .badEnumValue: .badEnumValue
    case .badName: .badName
    case .badValue: .badValue
    case .badMember: .badMember
    case .badRole: .badRole
    case .nullNotAllowed: .nullNotAllowed
    case .secretInManifest: .secretInManifest
    case .fieldConflict: .fieldConflict
    case .outputOnlyField: .outputOnlyField
    case .unknownLocation: .unknownLocation
    case .undefinedVariable: .undefinedVariable
    case .unusedVariable: .unusedVariable
    case .variableValue: .variableValue
    case .unquotedVariable: .unquotedVariable
    case .badEach: .badEach
    case .expansionTooLarge: .expansionTooLarge
    case .duplicateResource: .duplicateResource
    case .danglingReference: .danglingReference
    case .ambiguousReference: .ambiguousReference
    case .referenceCycle: .referenceCycle
    case .severalStacks: .severalStacks
    case .stackRequired: .stackRequired
    case .bindingConflict: .bindingConflict
    case .refersToAbsent: .refersToAbsent
    case .outsideProjects: .outsideProjects
    case .selectionEmpty: .selectionEmpty
    case .lint: .lint
    case .badKeyTimes: .badKeyTimes
    case .dependencyConfusion: .dependencyConfusion
    case .stackOverlap: .stackOverlap
    case .sinceUnusable: .sinceUnusable
    case .approvalsUnusable: .approvalsUnusable
    case .foreignFile: .foreignFile
    case .deletionNotAllowed: .deletionNotAllowed
    case .protected: .protected
    case .dataLoss: .dataLoss
    case .tooManyDeletions: .tooManyDeletions
    case .tooManyRemovals: .tooManyRemovals
    case .cleanupNotAllowed: .cleanupNotAllowed
    case .immutableField: .immutableField
    case .lockout: .lockout
    case .privileged: .privileged
    case .publicGrant: .publicGrant
    case .policyLimit: .policyLimit
    case .keyLimit: .keyLimit
    case .countLimit: .countLimit
    case .fileKept: .fileKept
    case .undeclaredResources: .undeclaredResources
    case .undeclaredMembers: .undeclaredMembers
    case .notChecked: .notChecked
    case .alsoHeld: .alsoHeld
    case .keyRotationDue: .keyRotationDue
    case .nearLimit: .nearLimit
    case .revokedMembers: .revokedMembers
    case .undeclaredServices: .undeclaredServices
    case .leftManifests: .leftManifests
    case .removedLinesUnseen: .removedLinesUnseen
    case .baselineEntry: .baselineEntry
    case .drifted: .drifted
    case .grantEnds: .grantEnds
    case .approvedRow: .approvedRow
    case .approvalUnused: .approvalUnused
    case .selfApproval: .selfApproval
    case .noCredentials: .noCredentials
    case .permissionDenied: .permissionDenied
    case .notReachable: .notReachable
    case .mustExist: .mustExist
    case .stale: .stale
    case .notConverged: .notConverged
    case .machineLimit: .machineLimit
    case .keyDestination: .keyDestination
    case .keyDuplicate: .keyDuplicate
    case .keyOrphan: .keyOrphan
    case .keySuperseded: .keySuperseded
    case .keyMismatch: .keyMismatch
    case .keyForbidden: .keyForbidden
    case .keyNotRevoked: .keyNotRevoked
    }
  }
}
