// All views, in the order of their tabs. A new view is a folder beside this file and a line here.

enum ViewList {
  static let all: [any View.Type] = [
    GatewaysView.self,
    PoolsView.self,
    RoutesView.self,
    ProblemsView.self,
    ChangesView.self,
    HistoryView.self,
  ]
}
