Option Explicit
' The bridge between a button and the xltool command line.
'
'   button > RunTask > job.req > launcher > xltool bridge job.req > job.prg ... job.res > cells and tables
'
' It computes nothing: it writes a request, launches, waits, shows. All texts stand in cells named say_*.
' This file must run in Excel, in WPS with VBA and in LibreOffice, therefore:
'   * no Declare, no LongPtr, no conditional compilation, no library types
'   * no branch on Err.Number, no ThisWorkbook.FullName, no ListObjects, no Range.End
'   * the files exchanged are ASCII with CRLF; other characters travel as \uXXXX

Private Const PROTOCOL As String = "1"
Private Const TEXT_MARK As String = "'"

Private mBusy As Boolean
Private mJob As String
Private mStops As Long

' ---- what the buttons call

Public Sub RunTask(ByVal task As String)
    Dim why As String
    If mBusy Then
        PutCell "out_message", Esc(Txt("busy"))
        Exit Sub
    End If
    mBusy = True
    mStops = 0
    mJob = ""
    Announce "running", Txt("starting")
    why = Attempt(task)
    If why <> "" Then Announce "failed", why
    TidyUp
    mBusy = False
    ShowStatusBar ""
    PopUp
End Sub

Public Sub CancelTask()
    If Not mBusy Then Exit Sub
    mStops = mStops + 1
    PutCell "out_message", Esc(Txt("cancelling"))
    WriteLine mJob & ".stop", "stop"
End Sub

Public Sub StartUp()
    mBusy = False
    Announce "ready", Txt("ready")
    PutCell "out_progress", "#0"
End Sub

Private Function Attempt(ByVal task As String) As String
    Dim why As String
    On Error GoTo Failed
    why = Unfit()
    If why = "" Then
        mJob = JobFolder() & Application.PathSeparator & "xltool-" & Format$(Now, "yyyymmddhhmmss") & "-" & RandomDigits()
        WriteRequest task
        why = Launch()
    End If
    If why = "" Then why = WaitForResult()
    If why = "" Then ShowResult
    Attempt = why
    Exit Function
Failed:
    Attempt = Replace(Txt("broken"), "{problem}", Err.Description)
End Function

' ---- the request

Private Function Unfit() As String
    ' the reason why nothing can be started from here; "" when all is well
    If LCase$(Left$(ThisWorkbook.Path, 4)) = "http" Or LCase$(Left$(Folder(), 4)) = "http" Then
        Unfit = Txt("online")
    ElseIf Folder() = "" Then
        Unfit = Txt("unsaved")
    ElseIf Dir(JobFolder(), vbDirectory) = "" Then
        If Launcher() = "watch" Then Unfit = Txt("no_watch") Else Unfit = Replace(Txt("no_jobs"), "{folder}", JobFolder())
    End If
End Function

Private Function Folder() As String
    Folder = Cfg("cfg_folder", ThisWorkbook.Path)
End Function

Private Function JobFolder() As String
    Dim d As String
    d = Cfg("cfg_jobs", "")
    If d = "" And Launcher() = "watch" Then d = Folder() & Application.PathSeparator & ".xltool" & Application.PathSeparator & "jobs"
    If d = "" Then d = Environ("TEMP")
    If d = "" Then d = Environ("TMPDIR")
    If d = "" Then d = ThisWorkbook.Path
    If Right$(d, 1) = Application.PathSeparator Then d = Left$(d, Len(d) - 1)
    JobFolder = d
End Function

Private Function RandomDigits() As String
    Randomize
    RandomDigits = CStr(CLng(Rnd() * 899999) + 100000)
End Function

Private Sub WriteRequest(ByVal task As String)
    Dim f As Integer, n As Object, k As String
    f = FreeFile
    Open mJob & ".tmp" For Output As #f
    Print #f, "xltool-request=" & PROTOCOL
    Print #f, "task=" & task
    Print #f, "book_folder=" & Esc(ThisWorkbook.Path)
    Print #f, "book_name=" & Esc(ThisWorkbook.Name)
    Print #f, "picked=" & Esc(Picked())
    For Each n In ThisWorkbook.Names
        k = LCase$(n.Name)
        If Left$(k, 4) = "cfg_" Or Left$(k, 6) = "known_" Then
            Print #f, k & "=" & Esc(Trim$(CStr(n.RefersToRange.Value)))
        End If
    Next n
    Close #f
    Name mJob & ".tmp" As mJob & ".req"
End Sub

Private Function Picked() As String
    ' column B of the selected row: the unit, when a table of units is in front
    On Error Resume Next
    Picked = CStr(ActiveSheet.Cells(ActiveCell.Row, 2).Value)
End Function

' ---- launching and waiting

Private Function Launcher() As String
    ' shell, watch or xlwings; the cell holds the words of the clerks
    Dim s As String
    s = Cfg("cfg_launcher", "")
    Launcher = "shell"
    If s = Txt("launcher_watch") Then Launcher = "watch"
    If s = Txt("launcher_xlwings") Then Launcher = "xlwings"
End Function

Private Function Launch() As String
    ' "" when started or left to a watcher, otherwise the reason
    Select Case Launcher()
        Case "watch"
            Launch = ""
        Case "xlwings"
            Launch = LaunchXlwings()
        Case Else
            Launch = LaunchShell(Cfg("cfg_program", "xltool"))
    End Select
End Function

Private Function LaunchShell(ByVal program As String) As String
    Dim v As Variant
    On Error GoTo Failed
    v = Shell(Quoted(program) & " bridge " & Quoted(mJob & ".req"), vbHide)
    LaunchShell = ""
    Exit Function
Failed:
    LaunchShell = Replace(Txt("no_program"), "{program}", program)
End Function

Private Function LaunchXlwings() As String
    On Error GoTo Failed
    Application.Run "xlwings.xlam!RunPython", "import toolkit.macro_api as m; m.button('" & Esc(mJob & ".req") & "')"
    LaunchXlwings = ""
    Exit Function
Failed:
    LaunchXlwings = Txt("no_xlwings")
End Function

Private Function WaitForResult() As String
    ' "" when the result file is there, otherwise the reason for giving up
    Dim started As Date, alive As Boolean, seconds As Double, why As String, polls As Long
    started = Now
    Do While why = ""
        If Dir(mJob & ".res") <> "" Then Exit Do
        If Dir(mJob & ".prg") <> "" Then
            alive = True
            ShowProgress
        End If
        seconds = (Now - started) * 86400
        If mStops > 1 Then why = Txt("left")
        If Not alive And seconds > Val(Cfg("cfg_start", "60")) Then why = NoAnswer()
        If seconds > Val(Cfg("cfg_minutes", "60")) * 60 Then why = Txt("too_long")
        polls = polls + 1
        If why = "" Then Pause polls
    Loop
    If why <> "" Then WriteLine mJob & ".stop", "stop"
    WaitForResult = why
End Function

Private Function NoAnswer() As String
    If Launcher() = "watch" Then NoAnswer = Txt("no_watch") Else NoAnswer = Replace(Txt("no_answer"), "{program}", Cfg("cfg_program", "xltool"))
End Function

Private Sub Pause(ByVal polls As Long)
    ' short at first, for answers that come at once; some hosts know whole seconds only
    On Error Resume Next
    DoEvents
    If polls < 8 Then
        Application.Wait Now + 0.2 / 86400
    Else
        Application.Wait Now + TimeSerial(0, 0, 1)
    End If
    DoEvents
End Sub

Private Sub ShowProgress()
    Dim f As Integer, s As String, parts() As String
    On Error Resume Next
    f = FreeFile
    Open mJob & ".prg" For Input As #f
    Line Input #f, s
    Close #f
    parts = Split(s, vbTab)
    If UBound(parts) < 2 Then Exit Sub
    If Val(parts(1)) > 0 Then PutCell "out_progress", "#" & Trim$(Str$(Val(parts(0)) / Val(parts(1))))
    If mStops = 0 Then PutCell "out_message", parts(2)
    ShowStatusBar UnEsc(parts(2))
End Sub

' ---- the result

Private Sub ShowResult()
    Dim f As Integer, s As String, p As Long, parts() As String
    Dim grid() As Variant, table As String, r As Long, c As Long, height As Long, width As Long
    QuietScreen False
    f = FreeFile
    Open mJob & ".res" For Input As #f
    Do While Not EOF(f)
        Line Input #f, s
        p = InStr(s, "=")
        parts = Split(Mid$(s, p + 1), vbTab)
        Select Case Left$(s, p)
            Case "put="
                PutCell parts(0), parts(1)
            Case "show="
                ShowSheet UnEsc(parts(0))
            Case "table="
                table = parts(0)
                height = CLng(parts(1))
                width = CLng(parts(2))
                r = 0
                ClearTable table
                PrintTable table, height
                If height > 0 Then
                    ReDim grid(1 To height, 1 To width)
                End If
            Case "row="
                r = r + 1
                For c = 1 To width
                    grid(r, c) = Typed(parts(c - 1))
                Next c
                If r = height Then PutTable table, grid, height, width: FitTable table, height
        End Select
    Loop
    Close #f
    QuietScreen True
End Sub

Private Sub ClearTable(ByVal table As String)
    ThisWorkbook.Names("tbl_" & table).RefersToRange.ClearContents
End Sub

Private Sub PutTable(ByVal table As String, grid() As Variant, ByVal height As Long, ByVal width As Long)
    Dim top As Object, ws As Object
    Set top = ThisWorkbook.Names("tbl_" & table).RefersToRange
    Set ws = top.Worksheet
    ws.Range(ws.Cells(top.Row, top.Column), ws.Cells(top.Row + height - 1, top.Column + width - 1)).Value = grid
End Sub

Private Sub FitTable(ByVal table As String, ByVal height As Long)
    ' each row as high as its texts; a table within another sheet keeps the heights of that sheet
    Dim head As Object
    On Error Resume Next
    Set head = ThisWorkbook.Names("page_" & table).RefersToRange
    If Not head Is Nothing Then head.Offset(head.Rows.Count, 0).Resize(height).EntireRow.AutoFit
End Sub

Private Sub PrintTable(ByVal table As String, ByVal height As Long)
    ' only the filled rows; a table within another sheet has no page of its own, no printer no page setup
    Dim head As Object
    On Error Resume Next
    Set head = ThisWorkbook.Names("page_" & table).RefersToRange
    head.Worksheet.PageSetup.PrintArea = head.Resize(head.Rows.Count + height).Address
End Sub

Private Function Typed(ByVal s As String) As Variant
    ' "#12" is a number; everything else is text and never becomes a formula
    If s = "" Then
        Typed = ""
    ElseIf Left$(s, 1) = "#" Then
        Typed = Val(Mid$(s, 2))
    Else
        Typed = TEXT_MARK & UnEsc(s)
    End If
End Function

' ---- cells

Private Sub Announce(ByVal status As String, ByVal message As String)
    PutCell "out_message", Esc(message)
    PutCell "out_time", Format$(Now, "yyyy-mm-dd hh:mm:ss")
    PutCell "out_status", Esc(Txt("status_" & status))
    ShowStatusBar message
End Sub

Private Sub PutCell(ByVal key As String, ByVal s As String)
    On Error Resume Next
    ThisWorkbook.Names(key).RefersToRange.Value = Typed(s)
End Sub

Private Function Cfg(ByVal key As String, ByVal otherwise As String) As String
    Dim s As String
    On Error GoTo Missing
    s = Trim$(CStr(ThisWorkbook.Names(key).RefersToRange.Value))
    If s = "" Then s = otherwise
    Cfg = s
    Exit Function
Missing:
    Cfg = otherwise
End Function

Private Function Txt(ByVal key As String) As String
    Txt = Cfg("say_" & key, key)
End Function

Private Sub PopUp()
    If Cfg("cfg_popup", "") = Txt("yes") Then MsgBox Cfg("out_message", ""), vbInformation, Txt("title")
End Sub

Private Sub ShowStatusBar(ByVal s As String)
    On Error Resume Next
    If s = "" Then
        Application.StatusBar = False
    Else
        Application.StatusBar = s
    End If
End Sub

Private Sub ShowSheet(ByVal title As String)
    On Error Resume Next
    ThisWorkbook.Worksheets(title).Activate
End Sub

Private Sub QuietScreen(ByVal shown As Boolean)
    On Error Resume Next
    Application.ScreenUpdating = shown
End Sub

' ---- files and characters

Private Sub WriteLine(ByVal path As String, ByVal s As String)
    Dim f As Integer
    On Error Resume Next
    If mJob = "" Then Exit Sub
    f = FreeFile
    Open path For Output As #f
    Print #f, s
    Close #f
End Sub

Private Sub TidyUp()
    On Error Resume Next
    If mJob = "" Then Exit Sub
    Kill mJob & ".req"
    Kill mJob & ".prg"
    If Dir(mJob & ".res") <> "" Then
        Kill mJob & ".res"
        Kill mJob & ".stop"
    End If
End Sub

Private Function Quoted(ByVal s As String) As String
    Quoted = Chr$(34) & s & Chr$(34)
End Function

Private Function Esc(ByVal s As String) As String
    ' all but plain ASCII as \uXXXX; also # (marks numbers) and ' (ends a Python text)
    Dim i As Long, c As Long, o As String
    For i = 1 To Len(s)
        c = AscW(Mid$(s, i, 1))
        If c < 0 Then c = c + 65536
        If c < 32 Or c > 126 Or c = 92 Or c = 35 Or c = 39 Then
            o = o & "\u" & Right$("000" & Hex$(c), 4)
        Else
            o = o & Mid$(s, i, 1)
        End If
    Next i
    Esc = o
End Function

Private Function UnEsc(ByVal s As String) As String
    Dim p As Long, o As String
    p = InStr(s, "\u")
    Do While p > 0
        o = o & Left$(s, p - 1) & ChrW(CLng("&H" & Mid$(s, p + 2, 4)))
        s = Mid$(s, p + 6)
        p = InStr(s, "\u")
    Loop
    UnEsc = o & s
End Function
