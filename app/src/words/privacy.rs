//! Words of the page that says what is kept, and of the consent to it. When what is kept, why or how long
//! changes, raise `domain::consent::VERSION` with the text, so that everyone is asked again.

use super::words;

words! {
    /// What is kept, and consent.
    PrivacyWords {
        title: "我们记录您的哪些信息" / "What is kept about you",
        lead: "这一页说清楚：记什么、为什么、留多久、谁能看、您能怎么办。光看不登录，什么都不记。" / "This page says what is kept, why, for how long, who sees it and what you can do. Who only reads leaves nothing behind.",
        version: "第 {n} 版，{day}起施行" / "Version {n}, in force since {day}",
        keeper: "负责的是{community}居委会。" / "Responsible: the residents' committee of {community}.",
        account: "您的账号" / "Your account",
        account_what: "登录名、昵称、密码（只存算过的结果，谁也看不到原样）；您愿意填的邮箱；您声明已满 18 岁的时间。社区要的话，还有真实姓名和电话，加密保存。不收身份证号，不收人脸。" / "Sign-in name, nickname, password (only what was computed from it; nobody can read it), the mail address if you give one, and when you declared to be 18 or over. Where the community asks for them, your real name and telephone, encrypted. No ID-card numbers, no faces.",
        account_why: "让您能登录，收到您要的邮件。" / "So that you can sign in and get the mails that you want.",
        account_long: "到您注销为止。注销时，住哪一户和真实姓名依法另存 {days} 天。" / "Until you close the account. Household and real name are then kept apart for {days} days, as the law wants.",
        account_who: "邻居只看到昵称，您愿意的话加上楼门，从不显示房号。房号、真实姓名、电话只有居委会办事时能看，每看一次都有记录。" / "Neighbours see your nickname, with the entrance if you like, never the room. Room, real name and telephone are seen only by the committee for its duties, and each look is recorded.",
        home: "您住哪一户" / "Your household",
        home_what: "院、楼门、房号，谁是户代表；业主还有房子的面积。" / "Courtyard, entrance, room, and who represents the household; for owners also the area of the home.",
        home_why: "附议和投票一户一份，要知道是哪一户。" / "Each household co-signs and votes once, so it must be known which one it is.",
        home_long: "住在这里就一直留着；名册是社区的，由居委会保管。" / "As long as you live here. The roll is the community's; the committee keeps it.",
        home_who: "只有居委会。" / "The committee alone.",
        said: "您提的、说的、投的" / "What you raise, say and vote",
        said_what: "您提的事、说的话、附议、评价，投票时记您投过了。投了什么，和您对不上号。" / "What you raise, say, co-sign and review, and that you voted. What you voted can't be traced to you.",
        said_why: "大家商量的事，要让大家看得见、查得到。" / "What is settled together must be open to see and to check.",
        said_long: "一直留着。注销以后署名变成“已注销居民”，票和附议照样算数。" / "For good. After you close the account it stays by “a former resident”; votes and co-signs still count.",
        said_who: "公开的谁都能看；谁投过票只有居委会知道。" / "What is public anyone may read; who voted is known to the committee alone.",
        signs: "登录和安全" / "Signing in and safety",
        signs_what: "登录着的设备（浏览器的名字、最近用的时间）、第二道验证、发过哪些邮件；改动了什么的记录里只有编号，没有名字。网络地址只用来防止有人乱试，不存进记录。" / "Signed-in devices (the browser's name, when last used), the second factor, which mails were sent. The record of changes holds numbers, not names. Network addresses only serve to stop guessing and don't enter the record.",
        signs_why: "防止别人冒用您的账号，出了问题能查清楚。" / "So that nobody uses your account, and what went wrong can be found out.",
        signs_long: "登录最长 60 天，居委会的账号闲置 30 分钟就退出；防乱试的计数一天；运行日志至少 6 个月（网络安全法）；改动的记录一直留着。" / "A sign-in lasts 60 days at most, at the committee's desk 30 minutes when idle; counts against guessing a day; logs at least 6 months (Cybersecurity Law); the record of changes for good.",
        signs_who: "您自己；居委会和居务监督委员会看得到改动的记录。" / "Yourself; the committee and the oversight board see the record of changes.",
        why: "为什么" / "Why",
        long: "留多久" / "How long",
        who: "谁能看" / "Who sees it",
        rights: "您能做什么" / "What you can do",
        right_read: "不同意也能看所有公开的内容。" / "You may read all that is public without agreeing to anything.",
        right_copy: "登录后在“我的”里，随时能看、能改、能带走一份，也能注销。" / "Under Me you can see, correct and take along what is kept, and close the account, at any time.",
        right_withdraw: "同意了可以随时撤回，和同意一样，按一下就行。撤回以后不能再提、议、投，也不再给您发邮件；以前做的还算数。" / "You can take your consent back at any time, by one press, as you gave it. You then can't take part and get no mails; what you did before still counts.",
        right_ask: "有不明白的、觉得不妥的，请找居委会，也可以向网信部门投诉。" / "For questions and complaints see the committee; you may also turn to the cyberspace authorities.",
        right_share: "我们不把您的信息给别人，也不做广告、不打分、不排名。" / "Nothing is passed on to others; no adverts, no scores, no rankings.",
        consent: "您的同意" / "Your consent",
        stands: "您已经同意这一版。" / "You have agreed to this version.",
        stands_not: "您还没有同意这一版。同意以后才能提、议、附议、投票；只看不需要同意。" / "You have not agreed to this version. Raising, talking, co-signing and voting need it; reading doesn't.",
        give: "同意" / "Agree",
        withdraw: "撤回同意" / "Take consent back",
        through: "您正在替{name}办事：请先念给本人听，本人愿意再按。" / "You act for {name}: read it to them first, and press only what they want.",
        bar: "要提、要议、要投票，请先看一看我们记录您的哪些信息，同意了再办。" / "To take part, please first read what is kept about you, and agree to it.",
        bar_go: "看一看" / "Read it",
        foot: "隐私" / "Privacy",
    }
}
