//! Words of joining without a slip: asking, vouching, the counter.

use super::words;

words! {
    /// Joining without a slip.
    JoiningWords {
        p_tick: "请先打勾" / "Please tick this first",
        p_phone: "请再看一下手机号" / "Please look at the telephone number again",
        p_room: "名册里这个楼门没有这一户，请再看一下" / "The roll has no such room in this entrance; please look again",
        p_person: "没有找到这个名字，请再看一下" / "Nobody has this name; please look again",
        r_has_household: "这位邻居已经登记在一户里了。" / "This neighbour belongs to a household already.",
        r_asked: "您的申请已经在等了，不用再交一次。" / "Your request is waiting already; there is no need to send it again.",
        r_not_waiting: "这份申请刚才已经有人办过了，或者本人收回了。" / "Somebody has decided on this request already, or it was withdrawn.",
        r_oneself: "自己的事请别人来办。" / "Somebody else has to decide on this: it is about yourself.",
        r_not_on_roll: "名册里还没有这一户，请居委会来看。" / "The roll has no such household yet; the committee has to look.",
        r_vouches_used: "今天担保的人数满了，请明天再来，或请居委会办。" / "You have vouched for as many as a day allows. Please come back tomorrow, or leave it to the committee.",
        r_own_household: "这是您自己家的人，请在「我的一户」里同意。" / "This is somebody of your own household: please admit them under My household.",
        r_contest_over: "这次加入已经不能再提异议了。" / "This admission can't be contested any more.",
    }
}
