"""The rows of the legacy 政府信息公开情况统计表 (国办发〔2014〕32号), as printed: label, then the codebook's item.

A heading row has no item. A line break inside a label is written as `⏎`.
"""

from __future__ import annotations

_ROWS = """
一、主动公开情况
(一)主动公开政府信息数⏎(不同渠道和方式公开相同信息计1条) | proactive.total
其中:主动公开规范性文件数 | proactive.normative_documents
制发规范性文件总数 | proactive.normative_documents_issued
(二)通过不同渠道和方式公开政府信息的情况
1.政府公报公开政府信息数 | proactive.channel.gazette
2.政府网站公开政府信息数 | proactive.channel.website
3.政务微博公开政府信息数 | proactive.channel.weibo
4.政务微信公开政府信息数 | proactive.channel.wechat
5.其他方式公开政府信息数 | proactive.channel.other
二、回应解读情况
(一)回应公众关注热点或重大舆情数⏎(不同方式回应同一热点或舆情计1次) | responses.hot_topics
(二)通过不同渠道和方式回应解读的情况
1.参加或举办新闻发布会总次数 | responses.press_conferences
其中:主要负责同志参加新闻发布会次数 | responses.press_conferences_by_head
2.政府网站在线访谈次数 | responses.online_interviews
其中:主要负责同志参加政府网站在线访谈次数 | responses.online_interviews_by_head
3.政策解读稿件发布数 | responses.policy_interpretations
4.微博微信回应事件数 | responses.weibo_wechat
5.其他方式回应事件数 | responses.other
三、依申请公开情况
(一)收到申请数 | applications.received
1.当面申请数 | applications.received.in_person
2.传真申请数 | applications.received.fax
3.网络申请数 | applications.received.online
4.信函申请数 | applications.received.letter
(二)申请办结数 | applications.concluded
1.按时办结数 | applications.concluded.on_time
2.延期办结数 | applications.concluded.extended
(三)申请答复数 | applications.answered
1.属于已主动公开范围数 | applications.answered.already_public
2.同意公开答复数 | applications.answered.granted
3.同意部分公开答复数 | applications.answered.partially_granted
4.不同意公开答复数 | applications.answered.refused
其中:涉及国家秘密 | applications.answered.refused.state_secret
涉及商业秘密 | applications.answered.refused.trade_secret
涉及个人隐私 | applications.answered.refused.privacy
危及国家安全、公共安全、经济安全和社会稳定 | applications.answered.refused.security_and_stability
不是《条例》所指政府信息 | applications.answered.refused.not_government_information
法律法规规定的其他情形 | applications.answered.refused.other_statutory
5.不属于本行政机关公开数 | applications.answered.not_this_agency
6.申请信息不存在数 | applications.answered.nonexistent
7.告知作出更改补充数 | applications.answered.asked_to_amend
8.告知通过其他途径办理数 | applications.answered.other_channel
四、行政复议数量 | reconsideration.total
(一)维持具体行政行为数 | reconsideration.upheld
(二)被依法纠错数 | reconsideration.corrected
(三)其他情形数 | reconsideration.other
五、行政诉讼数量 | litigation.total
(一)维持具体行政行为或者驳回原告诉讼请求数 | litigation.upheld
(二)被依法纠错数 | litigation.corrected
(三)其他情形数 | litigation.other
六、举报投诉数量 | complaints.total
七、依申请公开信息收取的费用 | fees.amount
八、机构建设和保障经费情况
(一)政府信息公开工作专门机构数 | institution.dedicated_units
(二)设置政府信息公开查阅点数 | institution.reading_points
(三)从事政府信息公开工作人员数 | institution.staff
1.专职人员数(不包括政府公报及政府网站工作人员数) | institution.staff.full_time
2.兼职人员数 | institution.staff.part_time
(四)政府信息公开专项经费(不包括用于政府公报编辑管理及⏎政府网站建设维护等方面的经费) | institution.special_funds
九、政府信息公开会议和培训情况
(一)召开政府信息公开工作会议或专题会议数 | training.meetings
(二)举办各类培训班数 | training.courses
(三)接受培训人员数 | training.trainees
"""


def _row(line: str) -> tuple[str, str]:
    label, _, item = line.partition(" | ")
    return label.replace("⏎", "\n"), item


LEGACY_ROWS: tuple[tuple[str, str], ...] = tuple(_row(line) for line in _ROWS.strip().splitlines())
