Option Explicit
' One public Sub per button of the control workbook, one line each. No logic here: see XlBridge.

Public Sub Btn_Create()
    RunTask "create"
End Sub

Public Sub Btn_Distribute()
    RunTask "distribute"
End Sub

Public Sub Btn_Validate()
    RunTask "validate"
End Sub

Public Sub Btn_SendBack()
    RunTask "annotate"
End Sub

Public Sub Btn_Merge()
    RunTask "merge"
End Sub

Public Sub Btn_Allowance()
    RunTask "allowance"
End Sub

Public Sub Btn_Compliance()
    RunTask "compliance"
End Sub

Public Sub Btn_Summary()
    RunTask "summary"
End Sub

Public Sub Btn_Chase()
    RunTask "chase"
End Sub

Public Sub Btn_RunAll()
    RunTask "run"
End Sub

Public Sub Btn_Status()
    RunTask "status"
End Sub

Public Sub Btn_OpenFolder()
    RunTask "open"
End Sub

Public Sub Btn_LiveCheck()
    RunTask "live_check"
End Sub

Public Sub Btn_LiveNext()
    RunTask "live_next"
End Sub

Public Sub Btn_LiveExplain()
    RunTask "live_explain"
End Sub

Public Sub Btn_Registers()
    RunTask "registers"
End Sub

Public Sub Btn_Tasks()
    RunTask "tasks"
End Sub

Public Sub Btn_ReportUp()
    RunTask "report_up"
End Sub

Public Sub Btn_Platforms()
    RunTask "platforms"
End Sub

Public Sub Btn_Receipts()
    RunTask "receipts"
End Sub

Public Sub Btn_Letters()
    RunTask "letters"
End Sub

Public Sub Btn_Pages()
    RunTask "pages"
End Sub

Public Sub Btn_Mail()
    RunTask "mail"
End Sub

Public Sub Btn_Pack()
    RunTask "pack"
End Sub

Public Sub Btn_Disputes()
    RunTask "disputes"
End Sub

Public Sub Btn_Feedback()
    RunTask "feedback"
End Sub

Public Sub Btn_FeedbackIn()
    RunTask "feedback_in"
End Sub

Public Sub Btn_TasksIn()
    RunTask "tasks_in"
End Sub

Public Sub Btn_PlatformsIn()
    RunTask "platforms_in"
End Sub

Public Sub Btn_MergeUp()
    RunTask "merge_up"
End Sub

Public Sub Btn_Backtest()
    RunTask "backtest"
End Sub

Public Sub Btn_UnitAdd()
    RunTask "unit_add"
End Sub

Public Sub Btn_UnitRename()
    RunTask "unit_rename"
End Sub

Public Sub Btn_UnitMove()
    RunTask "unit_move"
End Sub

Public Sub Btn_UnitRemove()
    RunTask "unit_remove"
End Sub

Public Sub Btn_UnitCheck()
    RunTask "unit_check"
End Sub

Public Sub Btn_Accept()
    RunTask "accept"
End Sub

Public Sub Btn_Hold()
    RunTask "hold"
End Sub

Public Sub Btn_Reopen()
    RunTask "reopen"
End Sub

Public Sub Btn_Choose()
    RunTask "choose"
End Sub

Public Sub Btn_Settle()
    RunTask "settle"
End Sub

Public Sub Btn_Apart()
    RunTask "apart"
End Sub

Public Sub Btn_Same()
    RunTask "same"
End Sub

Public Sub Btn_Diff()
    RunTask "diff"
End Sub

Public Sub Btn_Receipt()
    RunTask "receipt"
End Sub

Public Sub Btn_Explain()
    RunTask "explain"
End Sub

Public Sub Btn_History()
    RunTask "history"
End Sub

Public Sub Btn_Migrate()
    RunTask "migrate"
End Sub

Public Sub Btn_Cancel()
    CancelTask
End Sub
