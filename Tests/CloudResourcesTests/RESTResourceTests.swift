import GoogleCloud
import JSON
import Model
import TestSupport
import Testing

@testable import CloudResources

/// Calls from a description alone, down to a resource inside a resource.
@Suite struct RESTResourceTests {
  /// A sample kind three levels below its project. Its addresses use another kind's name, which a description does not
  /// read.
  private let rest = RESTResource(
    host: .artifactRegistry, version: "v2",
    name: "projects/{project}/shelves/{shelf}/books/{book}/pages/{page}", proof: .name,
    noun: "page", plural: "pages", permission: "library.pages",
    roles: .init(reads: "roles/reader", writes: "roles/writer", verbs: ["use": "roles/user"]),
    rights: .init(
      checkedOn: .parent, get: ["get"], list: ["list"], locations: [], contents: [],
      foreign: [], create: ["create"], update: ["update"], delete: ["delete"],
      undelete: ["undelete"],
      policyRead: ["getIamPolicy"], policyWrite: ["setIamPolicy"],
      field: RESTResource.Rights.noFields, parentField: nil),
    grouping: .list(items: "pages", pageSize: 50, query: [("view", "FULL")]),
    create: .init(id: .query("pageId"), answer: .resource),
    update: .init(mask: .query, sendsETag: true, answer: .resource),
    delete: .init(sendsETag: true, answer: .operation(version: "v2")),
    undelete: .init(sendsETag: true, answer: .resource),
    policy: .postWithOptions(version: "v1"))
  private let page = Address(project: "p", .repository, names: ["s", "b", "7"])
  private let base = "/v2/projects/p/shelves/s/books/b/pages"

  @Test func pathsAreFilledFromTheAddressWhateverTheDepth() {
    #expect(rest.path(of: page) == "\(base)/7")
    #expect(rest.get(page)?.label == "library.pages.get \(page)")
    let list = rest.list(ResourceCollection(of: page))
    #expect(list?.path == base)
    #expect(list?.label == "library.pages.list p/s/b")
    #expect(list?.query == [.init("view", "FULL"), .init("pageSize", "50")])
    #expect(rest.policyRead(page)?.path == "/v1/projects/p/shelves/s/books/b/pages/7:getIamPolicy")
    #expect(rest.policyRead(page)?.body == ["options": ["requestedPolicyVersion": 3]])
    for names in [[], ["s"], ["s", "b"], ["s", "b", "7", "x"]] {
      let other = Address(project: "p", .repository, names: names)
      #expect(
        rest.path(of: other) == nil && rest.get(other) == nil && rest.create(other, [:]) == nil)
      #expect(!rest.isNamed(["name": "projects/p/shelves/s/books/b/pages/7"], other))
    }
  }

  @Test func writesGoWhereTheDescriptionSays() {
    let create = rest.create(page, ["a": 1])
    #expect(create?.path == base)
    #expect(create?.query == [.init("pageId", "7")])
    #expect(create?.body == ["a": 1])
    #expect(create?.retry == .namedCreate)
    let patch = rest.patch(page, ["a": 1, "etag": "E"], mask: ["a", "b"])
    #expect(patch?.path == "\(base)/7")
    #expect(patch?.query == [.init("updateMask", "a,b")])
    #expect(rest.delete(page, etag: "E")?.query == [.init("etag", "E")])
    #expect(rest.method("undelete", on: page)?.path == "\(base)/7:undelete")
    var other = rest
    other.create?.id = .beside(id: "pageId", resource: "page")
    #expect(other.create(page, ["a": 1])?.body == ["pageId": "7", "page": ["a": 1]])
    other.update?.mask = .body(resource: "page")
    let inBody = other.patch(page, ["a": 1], mask: ["a"])
    #expect(inBody?.body == ["page": ["a": 1], "updateMask": "a"])
    #expect(inBody?.query.isEmpty == true)
    (other.create, other.update, other.policy, other.grouping) = (nil, nil, nil, .alone)
    #expect(other.create(page, [:]) == nil && other.patch(page, [:], mask: []) == nil)
    #expect(other.policyRead(page) == nil && other.policyWrite(page, [:]) == nil)
    #expect(other.list(ResourceCollection(of: page)) == nil)
  }

  @Test func membersOfAListBelongToItsParentOrAreRejected() {
    let collection = ResourceCollection(of: page)
    for (name, id) in [
      ("projects/p/shelves/s/books/b/pages/8", "8"), ("projects/9/shelves/s/books/b/pages/8", "8"),
      ("projects/p/shelves/s/books/c/pages/8", nil), ("projects/p/shelves/9/books/b/pages/8", nil),
      ("projects/p/shelves/s/books/b/pages/", nil), ("projects/p/shelves/s/books/b/pages/8 ", nil),
      ("projects/p/shelves/s/books/b/pages/8/x", nil), ("8", nil), ("", nil),
    ] as [(String, String?)] {
      #expect(rest.id(of: ["name": .string(name)], in: collection) == id, "\(name)")
    }
    #expect(rest.id(of: [:], in: collection) == nil)
    #expect(rest.address(of: "8", in: collection) == collection.address("8"))
    #expect(collection.address("7") == page)
  }

  /// The accounts that Google creates are in the list, and have their whole e-mails as ids.
  @Test func anAccountIsAddressedByItsID() throws {
    let accounts = try #require(KindID.serviceAccount.rest)
    let collection = ResourceCollection(.serviceAccount, project: "p")
    #expect(
      accounts.address(of: "up@p.iam.gserviceaccount.com", in: collection)
        == Address(project: "p", .serviceAccount, "up"))
    let theirs = accounts.address(of: "1-Compute@developer.gserviceaccount.com", in: collection)
    #expect(theirs.id == "1-compute@developer.gserviceaccount.com")
    #expect(accounts.isGoogles(theirs))
    #expect(
      accounts.path(of: theirs)
        == "/v1/projects/p/serviceAccounts/1-compute@developer.gserviceaccount.com")
  }

  @Test func batchesNameWhatTheyRead() throws {
    let collection = ResourceCollection(.service, project: "p")
    let call = try #require(KindID.service.rest).batch(collection, ids: ["a.googleapis.com"])
    #expect(call?.path == "/v1/projects/p/services:batchGet")
    #expect(call?.query == [.init("names", "projects/p/services/a.googleapis.com")])
    #expect(call?.label == "serviceusage.services.batchGet p")
    let list = try #require(KindID.service.rest).list(collection)
    #expect(list?.path == "/v1/projects/p/services")
    #expect(
      list?.query == [
        .init("filter", "state:ENABLED"),
        .init("fields", "services/name,services/state,nextPageToken"), .init("pageSize", "200"),
      ])
    #expect(list?.label == "serviceusage.services.list p")
  }

  @Test func aProjectIsCreatedInNoProject() throws {
    let project = Address(project: "p", .project)
    let call = try #require(KindID.project.rest).create(project, ["parent": "folders/1"])
    #expect(call?.path == "/v3/projects")
    #expect(call?.body == ["parent": "folders/1", "projectId": "p"])
    #expect(call?.consumerProject == nil)
  }
}
